import { isRecord } from './json.js';
import { renderedPointers } from './rendered-fields.js';
import type { Resource } from './snapshot.js';
import { childPointer } from './value-text.js';
import { segmentsOf } from './yaml/pointer.js';

function memberOf(value: unknown, segment: string): unknown {
  if (Array.isArray(value)) return value[Number(segment)];
  return isRecord(value) ? value[segment] : undefined;
}

/** The fingerprints that the secret references of a resource carry, by the JSON pointer of each. */
export function fingerprintsOf(resource: Resource): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pointer of renderedPointers(resource.kind, resource)) {
    const fingerprint = segmentsOf(pointer).reduce<unknown>(memberOf, resource);
    if (typeof fingerprint === 'string') found.set(pointer, fingerprint);
  }
  return found;
}

function copyWithout(value: unknown, left: ReadonlySet<string>, pointer: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => copyWithout(item, left, `${pointer}/${index}`));
  if (!isRecord(value)) return value;
  const members = Object.entries(value).flatMap(([name, member]) => {
    const place = childPointer(pointer, name);
    return left.has(place) ? [] : [[name, copyWithout(member, left, place)] as const];
  });
  return Object.fromEntries(members);
}

/** A resource as JSON without the fingerprints of its secrets: what of it can be compared where secrets cannot be read back. */
export function withoutFingerprints(resource: Resource): unknown {
  return copyWithout(resource, new Set(renderedPointers(resource.kind, resource)), '');
}

import { isRecord } from '../../model/json.js';
import { renderedPointers } from '../../model/rendered-fields.js';
import type { Resource } from '../../model/snapshot.js';
import { childPointer } from '../../model/value-text.js';
import { writeYaml } from '../../model/yaml/write.js';

function without(value: unknown, pointers: ReadonlySet<string>, at: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => without(item, pointers, `${at}/${index}`));
  if (!isRecord(value)) return value;
  const members = Object.entries(value).filter(([name]) => !pointers.has(childPointer(at, name)));
  return Object.fromEntries(members.map(([name, member]) => [name, without(member, pointers, childPointer(at, name))]));
}

/** A resource as it stands in Git, as canonical YAML: with its secret references, without what the reconciler puts into them. */
export function resourceYaml(resource: Resource): string {
  return writeYaml(without(resource, new Set(renderedPointers(resource.kind, resource)), ''));
}

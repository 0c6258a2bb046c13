import { isRecord } from '../../model/json.js';
import { newFieldFinder } from '../../model/schema-fields.js';
import { type Declaration, keyOf, type Resource } from '../../model/snapshot.js';
import { parseResource } from '../../model/validate.js';
import { childPointer, fieldPath } from '../../model/value-text.js';

/** A reference to a secret, where it stands in a resource. */
export interface SecretReference {
  /** Of the reference in the resource. */
  readonly pointer: string;
  readonly from: 'env' | 'file';
  readonly name: string;
  readonly fingerprint: string | undefined;
}

const find = newFieldFinder((schema) => schema['x-secret'] === true);

function referenceAt(pointer: string, value: unknown): readonly SecretReference[] {
  if (!isRecord(value)) return [];
  const { env, file, fingerprint } = value;
  const known = typeof fingerprint === 'string' ? fingerprint : undefined;
  if (typeof env === 'string') return [{ pointer, from: 'env', name: env, fingerprint: known }];
  return typeof file === 'string' ? [{ pointer, from: 'file', name: file, fingerprint: known }] : [];
}

/** The references of a resource, in the order of its schema. */
export function referencesIn(resource: Resource): readonly SecretReference[] {
  return find(resource.kind, resource).flatMap(({ pointer, value }) => referenceAt(pointer, value));
}

/** Where a reference is written, for people. */
export function placeOf(declaration: Declaration, resource: Resource, { pointer }: SecretReference): string {
  const key = keyOf(resource);
  const source = declaration.sources.get(key);
  const place = source === undefined ? '' : `${source.path}:${source.line}:${source.column} `;
  return `${place}${key} ${fieldPath(pointer)}`;
}

function put(value: unknown, pointer: string, fingerprints: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item, index) => put(item, `${pointer}/${index}`, fingerprints));
  if (!isRecord(value)) return value;
  const fingerprint = fingerprints.get(pointer);
  const members = Object.entries(value).map(
    ([name, member]) => [name, put(member, childPointer(pointer, name), fingerprints)] as const,
  );
  return { ...Object.fromEntries(members), ...(fingerprint === undefined ? {} : { fingerprint }) };
}

const filled = new WeakMap<Resource, { readonly text: string; readonly resource: Resource }>();

/** The resource with a fingerprint in each of its references, by pointer; the same object again for the same fingerprints. */
export function withFingerprints(resource: Resource, fingerprints: ReadonlyMap<string, string>): Resource {
  if (fingerprints.size === 0) return resource;
  const text = JSON.stringify([...fingerprints]);
  const before = filled.get(resource);
  if (before?.text === text) return before.resource;
  const after = parseResource(put(resource, '', fingerprints), 'rendered');
  filled.set(resource, { text, resource: after });
  return after;
}

import type { AnyResource, Kind } from './generated/kinds.js';
import { kindSchemas } from './generated/schemas.js';
import type { ResourceOf } from './snapshot.js';
import { parseResource } from './validate.js';

const apiVersion = 'fairlead.dev/v1';

function isOfKind<K extends Kind>(resource: AnyResource, kind: K): resource is ResourceOf<K> {
  return resource.kind === kind;
}

function make<K extends Kind>(kind: K, name: string, spec: unknown): ResourceOf<K> {
  const resource = parseResource({ apiVersion, kind, metadata: { name }, spec });
  if (!isOfKind(resource, kind)) throw new TypeError(`a ${kind} became a ${resource.kind}`);
  return resource;
}

/**
 * What a resource named `default` is when its author writes nothing: every field at its default.
 * @throws FairleadError `resource.invalid` for a kind with required fields.
 */
export function defaultResource<K extends Kind>(kind: K): ResourceOf<K> {
  return make(kind, 'default', {});
}

/** The members of a fixed set as they are when nobody lists them, in the order of the set; none for other kinds. */
export function fixedSetMembers<K extends Kind>(kind: K): readonly ResourceOf<K>[] {
  const { 'x-fixed-set': names = [], 'x-member-defaults': defaults = {} } = kindSchemas[kind];
  return names.map((name) => make(kind, name, defaults[name] ?? {}));
}

import { FairleadError } from '../errors.js';
import type { Kind } from '../model/generated/kinds.js';
import { keyOf, newSnapshot, type ResourceKey, type Snapshot } from '../model/snapshot.js';
import { admitResource } from './admission.js';

/** What an operator wants of one resource. */
export type ResourceEdit =
  | { readonly action: 'put'; readonly resource: unknown }
  | { readonly action: 'delete'; readonly key: ResourceKey };

/** What an edit leads to. */
export interface EditedSnapshot {
  readonly key: ResourceKey;
  readonly snapshot: Snapshot;
}

/**
 * The snapshot after an edit; its revision stays that of the commit it was before.
 * @throws FairleadError `resource.invalid`, `node.unsupported`, `node.not-found` for a delete of what is not there.
 */
export function editSnapshot(before: Snapshot, edit: ResourceEdit, kinds: readonly Kind[]): EditedSnapshot {
  const { revision, resources } = before;
  if (edit.action === 'put') {
    const resource = admitResource(edit.resource, kinds);
    return { key: keyOf(resource), snapshot: newSnapshot(revision, [...resources.values(), resource]) };
  }
  const { key } = edit;
  if (!resources.has(key)) throw new FairleadError('node.not-found', `there is no ${key} on this node`);
  const others = [...resources].filter(([other]) => other !== key);
  return {
    key,
    snapshot: newSnapshot(
      revision,
      others.map(([, resource]) => resource),
    ),
  };
}

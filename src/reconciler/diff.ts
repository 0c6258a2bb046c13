import type { Change } from '../model/change.js';
import { resourceDigest } from '../model/digest.js';
import { kindInfo } from '../model/kinds.js';
import type { Resource, ResourceKey, Snapshot } from '../model/snapshot.js';
import { fieldChanges } from './diff-fields.js';

function kindOf(change: Change): Resource['kind'] {
  return change.action === 'delete' ? change.before.kind : change.after.kind;
}

function compareKeys(a: ResourceKey, b: ResourceKey): number {
  return a < b ? -1 : Number(a > b);
}

/** Whatever refers to a resource is in a later wave: it is written after the resource, and deleted before it. */
function compareChanges(a: Change, b: Change): number {
  const [aDeletes, bDeletes] = [a.action === 'delete', b.action === 'delete'];
  if (aDeletes !== bDeletes) return aDeletes ? 1 : -1;
  const waves = kindInfo(kindOf(a)).wave - kindInfo(kindOf(b)).wave;
  return (aDeletes ? -waves : waves) || compareKeys(a.key, b.key);
}

function changeTo(key: ResourceKey, after: Resource, before: Resource | undefined): readonly Change[] {
  if (before === undefined) return [{ action: 'create', key, after }];
  if (before === after || resourceDigest(before) === resourceDigest(after)) return [];
  return [{ action: 'update', key, before, after, fields: fieldChanges(before, after) }];
}

/**
 * The changes that lead from what is observed to what is desired: creates and updates in the order of waves, then keys;
 * then deletes, the last wave first.
 */
export function diff(desired: Snapshot, observed: Snapshot): readonly Change[] {
  if (desired.resources === observed.resources) return [];
  const changes: Change[] = [];
  for (const [key, after] of desired.resources) changes.push(...changeTo(key, after, observed.resources.get(key)));
  for (const [key, before] of observed.resources) {
    if (!desired.resources.has(key)) changes.push({ action: 'delete', key, before });
  }
  return changes.toSorted(compareChanges);
}

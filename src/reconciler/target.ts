import type { Change } from '../model/change.js';
import type { Kind } from '../model/generated/kinds.js';
import { kindInfo } from '../model/kinds.js';
import { newSnapshot } from '../model/snapshot.js';
import type { Resource, ResourceKey, Snapshot } from '../model/snapshot.js';

/** What a node runs when it runs all that is desired and keeps what nobody declared. */
export interface Target {
  readonly snapshot: Snapshot;
  /** Kept because their kind is not managed. */
  readonly unmanaged: readonly ResourceKey[];
}

/** Of these a cluster has any number, and none exists by itself: only of them can the last one be deleted. */
function isDeletable(kind: Kind): boolean {
  const { cardinality, fixedSet } = kindInfo(kind);
  return cardinality === 'many' && fixedSet === undefined;
}

/**
 * The kinds a declaration has a say in: those it declares, and those it declared before. The latter is how deleting the
 * last resource of a kind deletes it; what exists once, or by itself, is left as it is instead.
 */
export function managedKinds(declared: Snapshot, before: Iterable<Kind> = []): ReadonlySet<Kind> {
  const kinds = new Set<Kind>([...before].filter(isDeletable));
  for (const { kind } of declared.resources.values()) kinds.add(kind);
  return kinds;
}

/** Adds to a rendered snapshot what the node keeps: kinds that are not managed, and members of fixed sets that are not listed. */
export function targetOf(rendered: Snapshot, observed: Snapshot, managed: ReadonlySet<Kind>): Target {
  const kept: Resource[] = [];
  const unmanaged: ResourceKey[] = [];
  for (const [key, resource] of observed.resources) {
    const isManaged = managed.has(resource.kind);
    if (isManaged && (rendered.resources.has(key) || kindInfo(resource.kind).fixedSet === undefined)) continue;
    kept.push(resource);
    if (!isManaged) unmanaged.push(key);
  }
  if (kept.length === 0) return { snapshot: rendered, unmanaged };
  return { snapshot: newSnapshot(rendered.revision, [...rendered.resources.values(), ...kept]), unmanaged };
}

/** The snapshot that changes lead to from an observed one; what they do not touch stays. */
export function applyChanges(observed: Snapshot, changes: Iterable<Change>, revision: string): Snapshot {
  const resources = new Map(observed.resources);
  for (const change of changes) {
    if (change.action === 'delete') resources.delete(change.key);
    else resources.set(change.key, change.after);
  }
  return newSnapshot(revision, resources.values());
}

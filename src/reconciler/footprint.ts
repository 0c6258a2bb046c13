import type { Kind } from '../model/generated/kinds.js';
import type { NodePlan } from '../model/plan.js';
import type { ResourceKey, Snapshot } from '../model/snapshot.js';

type Keys = ReadonlyMap<ResourceKey, Kind>;

/** What a plan does to a cluster, which is what its guards look at; a resource that several nodes run counts once. */
export interface Footprint {
  /** Managed resources that some node runs. */
  readonly managed: Keys;
  /** Managed resources that some node runs after the plan. */
  readonly remaining: Keys;
  readonly deleted: Keys;
  readonly updated: Keys;
}

/** A node's part of a plan, and what the node runs before it. */
export interface PlannedNode {
  readonly plan: NodePlan;
  readonly observed: Snapshot;
}

function keysOf(snapshot: Snapshot, managed: ReadonlySet<Kind>): Map<ResourceKey, Kind> {
  const keys = new Map<ResourceKey, Kind>();
  for (const [key, { kind }] of snapshot.resources) if (managed.has(kind)) keys.set(key, kind);
  return keys;
}

function union(several: readonly Keys[]): Keys {
  return new Map(several.flatMap((keys) => [...keys]));
}

function footprintOfNode({ plan, observed }: PlannedNode, managed: ReadonlySet<Kind>): Footprint {
  const before = keysOf(observed, managed);
  const remaining = new Map(before);
  const deleted = new Map<ResourceKey, Kind>();
  const updated = new Map<ResourceKey, Kind>();
  for (const { change } of plan.changes) {
    if (change.action === 'delete') {
      remaining.delete(change.key);
      deleted.set(change.key, change.before.kind);
    } else {
      remaining.set(change.key, change.after.kind);
      if (change.action === 'update') updated.set(change.key, change.after.kind);
    }
  }
  return { managed: before, remaining, deleted, updated };
}

/** Adds up what a plan does over the nodes of a cluster. */
export function footprintOf(nodes: readonly PlannedNode[], managed: ReadonlySet<Kind>): Footprint {
  const each = nodes.map((node) => footprintOfNode(node, managed));
  return {
    managed: union(each.map((one) => one.managed)),
    remaining: union(each.map((one) => one.remaining)),
    deleted: union(each.map((one) => one.deleted)),
    updated: union(each.map((one) => one.updated)),
  };
}

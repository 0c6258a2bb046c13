import { resourceDigest } from '../model/digest.js';
import { newSnapshot } from '../model/snapshot.js';
import type { Resource, ResourceKey, Snapshot } from '../model/snapshot.js';
import type { Observation } from './driver/driver.js';

/** What the nodes of a cluster run, as one snapshot. */
export interface ObservedState {
  readonly snapshot: Snapshot;
  /** Resources of which two nodes run different versions; the snapshot holds that of the node that comes first. */
  readonly differing: readonly ResourceKey[];
}

/** Adds up what the nodes that answered run. */
export function observedState({ nodes }: Observation): ObservedState {
  const resources = new Map<ResourceKey, Resource>();
  const differing = new Set<ResourceKey>();
  for (const node of nodes) {
    for (const [key, resource] of node.reachable ? node.snapshot.resources : []) {
      const first = resources.get(key) ?? resource;
      resources.set(key, first);
      if (resourceDigest(first) !== resourceDigest(resource)) differing.add(key);
    }
  }
  return { snapshot: newSnapshot('', resources.values()), differing: [...differing].toSorted() };
}

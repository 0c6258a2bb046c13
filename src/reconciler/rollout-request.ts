import type { SyncPolicySpec } from '../model/generated/kinds.js';
import { fingerprintsOf } from '../model/fingerprints.js';
import type { Plan } from '../model/plan.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Secret } from '../platform/secret.js';
import type { Delivery, Observation } from './driver/driver.js';
import { snapshotAfter } from './plan-node.js';
import type { RolloutRequest } from './rollout/rollout.js';

function secretsIn(snapshot: Snapshot, secrets: ReadonlyMap<string, Secret>): ReadonlyMap<string, Secret> {
  const named = new Map<string, Secret>();
  for (const resource of snapshot.resources.values()) {
    for (const fingerprint of fingerprintsOf(resource).values()) {
      const secret = secrets.get(fingerprint);
      if (secret !== undefined) named.set(fingerprint, secret);
    }
  }
  return named;
}

/**
 * What a plan sends to whom: a whole snapshot to each node that changes or is behind, and only the secrets that this one
 * names. A node that is behind without a difference is released by confirming what it has.
 */
export function rolloutRequest(
  plan: Plan,
  observation: Observation,
  secrets: ReadonlyMap<string, Secret>,
  { unreachableNodesTolerated }: SyncPolicySpec,
): RolloutRequest {
  const reachable = observation.nodes.filter((node) => node.reachable);
  const deliveries = reachable.flatMap(({ node, snapshot: observed, digest: base, behind }): readonly Delivery[] => {
    const nodePlan = plan.nodes.find((one) => one.node.name === node.name);
    if (nodePlan === undefined || (nodePlan.changes.length === 0 && behind === undefined)) return [];
    const snapshot = snapshotAfter(nodePlan, observed, plan.target);
    return [{ node, base, snapshot, secrets: secretsIn(snapshot, secrets) }];
  });
  const away = observation.nodes.filter((node) => !node.reachable).map(({ node }) => node.name);
  return {
    ...{ plan, deliveries, away, reachable: reachable.map(({ node }) => node) },
    knownOrder: Math.max(
      0,
      ...reachable.flatMap(({ confirmedOrder = 0, behind }) => [confirmedOrder, behind?.order ?? 0]),
    ),
    mayLose: unreachableNodesTolerated - away.length,
  };
}

/** Whether a node waits to be brought forward, be it only in name. */
export function isAnyBehind({ nodes }: Observation): boolean {
  return nodes.some((node) => node.reachable && node.behind !== undefined);
}

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

/** What a plan sends to whom: a whole snapshot to each node that changes, and only the secrets that this one names. */
export function rolloutRequest(
  plan: Plan,
  observation: Observation,
  secrets: ReadonlyMap<string, Secret>,
  { unreachableNodesTolerated }: SyncPolicySpec,
): RolloutRequest {
  const reachable = observation.nodes.filter((node) => node.reachable);
  const deliveries = reachable.flatMap(({ node, snapshot: observed, digest: base }): readonly Delivery[] => {
    const nodePlan = plan.nodes.find((one) => one.node.name === node.name);
    if (nodePlan === undefined || nodePlan.changes.length === 0) return [];
    const snapshot = snapshotAfter(nodePlan, observed, plan.target);
    return [{ node, base, snapshot, secrets: secretsIn(snapshot, secrets) }];
  });
  const away = observation.nodes.length - reachable.length;
  return { plan, deliveries, reachable: reachable.map(({ node }) => node), mayLose: unreachableNodesTolerated - away };
}

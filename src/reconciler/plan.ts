import { worstInterruption } from '../model/change.js';
import type { Kind, SyncPolicySpec } from '../model/generated/kinds.js';
import { identifyPlan } from '../model/plan.js';
import type { Blocker, CommitInfo, NodePlan, Plan, PlannedChange } from '../model/plan.js';
import type { Declaration, ResourceKey } from '../model/snapshot.js';
import { pendingBlockers, timeBlockers, unreachableBlockers, unsupportedBlockers } from './blockers.js';
import type { Observation } from './driver/driver.js';
import { footprintOf } from './footprint.js';
import { guard } from './guard.js';
import { impactOf } from './impact.js';
import { maintenanceBlockers } from './maintenance.js';
import { planNode } from './plan-node.js';
import { managedKinds } from './target.js';

/** What a plan takes from the world beside the two states. */
export interface PlanContext {
  /** The commit of the declaration. */
  readonly commit: CommitInfo;
  /** The newest commit that touched each path of a source, where it is known. */
  readonly commits: ReadonlyMap<string, CommitInfo>;
  readonly nowMs: number;
  /** An operator asks for it, so that windows do not hold it up. */
  readonly isAsked: boolean;
  /** Kinds of the declaration that was applied before; of one that is gone from Git, everything is deleted. */
  readonly kindsBefore?: ReadonlySet<Kind>;
}

function refreshesOf(changes: readonly PlannedChange[]): readonly ResourceKey[] {
  const stale = changes.filter(
    ({ change }) => change.action === 'update' && change.fields.some((one) => one.refreshes),
  );
  return [...new Set(stale.map(({ change }) => change.key))].toSorted();
}

function causeOf(changes: readonly PlannedChange[]): Plan['cause'] {
  const causes = new Set(changes.map(({ cause }) => cause.type));
  return (['commit', 'rotation', 'drift'] as const).find((cause) => causes.has(cause)) ?? 'none';
}

function guardBlockers(
  nodes: readonly NodePlan[],
  observation: Observation,
  managed: ReadonlySet<Kind>,
  policy: SyncPolicySpec,
): readonly Blocker[] {
  const planned = observation.nodes.flatMap((node, index) => {
    const plan = nodes[index];
    return node.reachable && plan !== undefined ? [{ plan, observed: node.snapshot }] : [];
  });
  return guard(footprintOf(planned, managed), policy);
}

/** A plan without its id, for those who look at it and plan again. */
export function draftPlan(
  declaration: Declaration,
  observation: Observation,
  policy: SyncPolicySpec,
  context: PlanContext,
): Omit<Plan, 'id'> {
  const managed = managedKinds(declaration, context.kindsBefore);
  const planning = { declaration, managed, policy, known: context };
  const nodes = observation.nodes.map((node) => planNode(node, planning));
  const changes = nodes.flatMap((node) => node.changes);
  const onlyWithChanges =
    changes.length === 0
      ? []
      : [
          ...guardBlockers(nodes, observation, managed, policy),
          ...maintenanceBlockers(nodes, observation, declaration, { policy, nowMs: context.nowMs }),
          ...timeBlockers(policy, context.nowMs, context.isAsked),
        ];
  return {
    version: 1,
    cluster: declaration.cluster,
    target: declaration.revision,
    cause: causeOf(changes),
    nodes,
    refreshes: refreshesOf(changes),
    interrupts: worstInterruption(changes.map(({ interrupts }) => interrupts)),
    impact: impactOf(nodes, observation),
    blockers: [
      ...unreachableBlockers(observation, policy),
      ...pendingBlockers(observation),
      ...unsupportedBlockers(observation, declaration),
      ...onlyWithChanges,
    ],
  };
}

/**
 * The way from what every node was observed to run to what is declared, with every reason not to take it. The same values
 * give the same plan, id included; right after it was applied, the next one is empty.
 */
export function plan(
  declaration: Declaration,
  observation: Observation,
  policy: SyncPolicySpec,
  context: PlanContext,
): Plan {
  return identifyPlan(draftPlan(declaration, observation, policy, context));
}

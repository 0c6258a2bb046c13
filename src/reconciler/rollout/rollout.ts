import { asFairleadError } from '../../errors.js';
import type { FairleadError } from '../../errors.js';
import type { NodeRef, Plan } from '../../model/plan.js';
import type { Delivery } from '../driver/driver.js';
import { Activations } from './activations.js';
import { rolloutOrder } from './canary.js';
import type { RolloutOrder } from './canary.js';
import { probeAll, requireNoRegression } from './probing.js';
import type { RolloutContext } from './rollout-context.js';
import { nothingApplied } from './rollout-outcome.js';
import type { RolloutOutcome } from './rollout-outcome.js';
import { finishConfirming, finishReverting } from './recovery.js';

/** A plan and what it sends to each node that changes, or has missed a plan. */
export interface RolloutRequest {
  readonly plan: Plan;
  /** In the order of the plan, at least one. */
  readonly deliveries: readonly Delivery[];
  /** The nodes that answered when the plan was made; all of them are probed. */
  readonly reachable: readonly NodeRef[];
  /** Nodes that did not answer: the plan leaves them behind. */
  readonly away: readonly string[];
  /** The greatest order that any node knows of. */
  readonly knownOrder: number;
  /** How many of the reachable nodes may stop answering on the way. */
  readonly mayLose: number;
}

/**
 * Applies a plan to all nodes or to none: canary, probe, the others, probe, decide, confirm; every step is journalled before
 * it is done, and any failure before the decision puts everything back. Never rejects because of a node.
 * @throws FairleadError `state.storage` before anything was touched
 */
export async function rollOut(request: RolloutRequest, context: RolloutContext): Promise<RolloutOutcome> {
  const { plan, deliveries, reachable } = request;
  const { journal, policy, clock } = context;
  const nodesInOrder = rolloutOrder(plan, deliveries, policy.canary);
  if (nodesInOrder === undefined) return nothingApplied;
  const nodes = [nodesInOrder.canary, ...nodesInOrder.others].map(({ node }) => node);
  const order = journal.nextOrder(clock.nowMs(), request.knownOrder);
  await journal.write({ type: 'begin', planId: plan.id, commit: plan.target, nodes, order });
  const activations = new Activations(plan, order, context);
  let leftBehind: readonly string[];
  try {
    await activateAndProbe(request, nodesInOrder, activations, context);
    activations.requireTime();
    leftBehind = [...request.away, ...activations.lost()];
    const reason = 'probes passed';
    await journal.write({ type: 'decide', planId: plan.id, decision: 'confirm', reason, leftBehind });
  } catch (error) {
    return rollBack(plan, activations, asFairleadError(error, reasonCode(context)), context);
  }
  context.log.info({ nodes: [...activations.running()], leftBehind, probed: reachable.length }, 'confirming');
  return finishConfirming(plan.id, activations.list(), leftBehind, context);
}

async function activateAndProbe(
  request: RolloutRequest,
  order: RolloutOrder,
  activations: Activations,
  context: RolloutContext,
): Promise<void> {
  const { reachable, mayLose } = request;
  const before = await probeAll(reachable, context.policy.probeTimeoutSeconds * 1000, context);
  const requireServing = () => {
    const tolerance = { running: activations.running(), silentNodes: mayLose };
    return requireNoRegression(before, reachable, tolerance, context);
  };
  await activations.activate([order.canary], 0);
  await requireServing();
  if (order.others.length === 0) return;
  await activations.activate(order.others, mayLose);
  await requireServing();
}

function reasonCode({ stop }: RolloutContext): 'apply.interrupted' | 'internal' {
  return stop.aborted ? 'apply.interrupted' : 'internal';
}

async function rollBack(
  plan: Plan,
  activations: Activations,
  reason: FairleadError,
  context: RolloutContext,
): Promise<RolloutOutcome> {
  context.log.warn({ code: reason.code, reason: reason.message }, 'rolling back');
  // Without a decision a restart reverts as well, so a journal that cannot be written does not keep the nodes waiting.
  await context.journal
    .write({ type: 'decide', planId: plan.id, decision: 'revert', reason: reason.message })
    .catch((error: unknown) => context.log.error({ error: String(error) }, 'could not write the decision'));
  return finishReverting(plan.id, activations.list(), reason, context);
}

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

/** A plan and what it sends to each node that changes. */
export interface RolloutRequest {
  readonly plan: Plan;
  /** In the order of the plan, at least one. */
  readonly deliveries: readonly Delivery[];
  /** The nodes that answered when the plan was made; all of them are probed. */
  readonly reachable: readonly NodeRef[];
  /** How many of them may stop answering on the way. */
  readonly mayLose: number;
}

/**
 * Applies a plan to all nodes or to none: canary, probe, the others, probe, decide, confirm; every step is journalled before
 * it is done, and any failure before the decision puts everything back. Never rejects because of a node.
 * @throws FairleadError `state.storage` before anything was touched
 */
export async function rollOut(request: RolloutRequest, context: RolloutContext): Promise<RolloutOutcome> {
  const { plan, deliveries, reachable } = request;
  const order = rolloutOrder(deliveries, context.policy.canary);
  if (order === undefined) return nothingApplied;
  const nodes = [order.canary, ...order.others].map(({ node }) => node);
  await context.journal.write({ type: 'begin', planId: plan.id, commit: plan.target, nodes });
  const activations = new Activations(plan, context);
  try {
    await activateAndProbe(request, order, activations, context);
    activations.requireTime();
    await context.journal.write({ type: 'decide', planId: plan.id, decision: 'confirm', reason: 'probes passed' });
  } catch (error) {
    return rollBack(plan, activations, asFairleadError(error, reasonCode(context)), context);
  }
  context.log.info({ nodes: [...activations.running()], probed: reachable.length }, 'confirming');
  return finishConfirming(plan.id, activations.list(), context);
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

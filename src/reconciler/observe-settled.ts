import type { NodeObservation, Observation } from './driver/driver.js';
import type { Pass } from './pass.js';
import { recoverRollout } from './rollout/recovery.js';
import type { RolloutContext } from './rollout/rollout-context.js';

type Waiting = Extract<NodeObservation, { reachable: true }> &
  Required<Pick<Extract<NodeObservation, { reachable: true }>, 'pending'>>;

/** Finishes what a crash of this program interrupted. */
async function recover({ state }: Pass, context: RolloutContext): Promise<void> {
  const planId = state.journal.open()?.planId;
  const outcome = await recoverRollout(context);
  if (planId === undefined || outcome === undefined) return;
  context.log.warn({ planId, decision: outcome.decision, state: outcome.state }, 'finished an interrupted apply');
  await state.lastGood.settle(planId, outcome.decision);
  if ('error' in outcome && !outcome.settled) throw outcome.error;
}

function isWaiting(node: NodeObservation): node is Waiting {
  return node.reachable && node.pending !== undefined;
}

/** Tells a node what was decided about the plan it waits with; one that was silent then can still be settled. */
async function settle({ node, pending }: Waiting, { driver, journal, log, stop }: RolloutContext): Promise<boolean> {
  const decision = journal.decisionOf(pending.planId);
  if (decision === undefined) return false;
  log.info({ node: node.name, planId: pending.planId, decision }, 'settling a plan that was decided before');
  if (decision === 'confirm') await driver.confirm(node, pending.planId, [], stop);
  else await driver.revert(node, pending.planId, stop);
  return true;
}

/** Looks at every node once nothing is left that this program began and did not finish. @throws FairleadError */
export async function observeSettled(pass: Pass, context: RolloutContext): Promise<Observation> {
  const { driver, stop } = context;
  if (pass.intent === 'plan') return driver.observe(stop);
  await recover(pass, context);
  const observation = await driver.observe(stop);
  const settled = await Promise.all(observation.nodes.filter(isWaiting).map((node) => settle(node, context)));
  return settled.includes(true) ? driver.observe(stop) : observation;
}

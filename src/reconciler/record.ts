import type { Revision } from './last-good.js';
import type { Findings, PassOutcome } from './pass-outcome.js';
import type { Pass } from './pass.js';
import type { RolloutOutcome } from './rollout/rollout-outcome.js';

/** Notes that every node that answers runs a revision already; a plan that is only asked for notes nothing. @throws FairleadError `state.storage` */
export async function recordNothing(
  { state, intent }: Pass,
  revision: Revision,
  findings: Findings,
): Promise<PassOutcome> {
  if (intent === 'apply') await state.lastGood.accept(revision);
  return { state: 'nothing', findings };
}

/** Notes how a rollout ended, and gives it as the outcome of the pass. @throws FairleadError `state.storage` */
export async function recordRollout(
  { state }: Pass,
  rollout: RolloutOutcome,
  findings: Findings,
): Promise<PassOutcome> {
  const { plan } = findings;
  await state.lastGood.settle(plan.id, rollout.decision);
  if (rollout.state === 'applied') return { state: 'applied', findings, nodes: rollout.nodes };
  const { error, nodes } = rollout;
  if (error.retry === 'on-new-revision') await state.failed.remember(plan, error);
  return { state: rollout.state === 'refused' ? 'error' : rollout.state, error, findings, nodes };
}

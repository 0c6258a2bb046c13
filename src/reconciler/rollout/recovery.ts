import { FairleadError } from '../../errors.js';
import type { Activation } from './activations.js';
import type { RolloutContext } from './rollout-context.js';
import { confirmed, rolledBack } from './rollout-outcome.js';
import type { RolloutOutcome } from './rollout-outcome.js';
import { confirmAll, revertAll } from './settlement.js';

/** How long a node is asked again after a restart; it settles itself by its own deadline and its peers. */
const patienceMs = 5000;

/** Carries out the decision to confirm, and closes the journal once every node is settled or settles itself. */
export async function finishConfirming(
  planId: string,
  activations: readonly Activation[],
  leftBehind: readonly string[],
  context: RolloutContext,
): Promise<RolloutOutcome> {
  const lost = new Set(activations.filter((one) => one.lost).map(({ node }) => node.name));
  const outcome = confirmed(await confirmAll(planId, activations, leftBehind, context), lost);
  if (outcome.settled) await context.journal.end(planId, 'confirm');
  return outcome;
}

/** Puts every node back, and closes the journal once every node is settled or settles itself. */
export async function finishReverting(
  planId: string,
  activations: readonly Activation[],
  reason: FairleadError,
  context: RolloutContext,
): Promise<RolloutOutcome> {
  const outcome = rolledBack(reason, await revertAll(planId, activations, context));
  if (outcome.settled) await context.journal.end(planId, 'revert');
  return outcome;
}

/**
 * Finishes what a crash interrupted: forward when the decision to confirm was written, back otherwise. Harmless to repeat.
 * Undefined when there is nothing to finish.
 */
export async function recoverRollout(context: RolloutContext): Promise<RolloutOutcome | undefined> {
  const { journal, clock, log } = context;
  const interrupted = journal.open();
  if (interrupted === undefined) return undefined;
  const { planId, touched, decision, leftBehind } = interrupted;
  log.warn({ planId, decision, nodes: touched.map(({ name }) => name) }, 'finishing an interrupted apply');
  const deadlineMs = clock.monotonicMs() + patienceMs;
  const activations = touched.map((node) => ({ node, deadlineMs, answered: false, lost: false }));
  if (decision === 'confirm') return finishConfirming(planId, activations, leftBehind, context);
  const reason = new FairleadError('apply.interrupted', 'the reconciler stopped before it had decided to confirm');
  return finishReverting(planId, activations, reason, context);
}

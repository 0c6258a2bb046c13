import { asFairleadError } from '../../errors.js';
import type { NodeRef } from '../../model/plan.js';
import { mapParallel } from '../../platform/parallel.js';
import type { DriverReceipt, ResourceOutcome } from '../driver/driver.js';
import type { Activation } from './activations.js';
import { nodesAtOnce } from './rollout-context.js';
import type { RolloutContext } from './rollout-context.js';

/** What a rollout left on one node. */
export interface NodeOutcome {
  readonly node: string;
  /** `left`: it does not answer and reverts, or asks its peers, by itself. `unknown`: it does not answer and does nothing by itself. */
  readonly state: 'confirmed' | 'reverted' | 'partial' | 'left' | 'unknown';
  readonly reason?: string;
  /** Where a node without transactions stands, resource by resource. */
  readonly resources?: readonly ResourceOutcome[];
}

const firstPauseMs = 200;
const longestPauseMs = 2000;
const revertPatienceMs = 3000;

/** A decision is carried out also while the program stops; the driver limits the time of each call. */
const unstoppable = new AbortController().signal;

type Call = (node: NodeRef, planId: string, signal: AbortSignal) => Promise<DriverReceipt>;

function outcomeOf(node: string, receipt: DriverReceipt): NodeOutcome {
  if (receipt.state === 'pending') return { node, state: 'unknown', reason: 'the plan is still pending' };
  if (receipt.state === 'partial')
    return { node, state: 'partial', reason: receipt.reason, resources: receipt.resources };
  const reason = receipt.reason === undefined ? {} : { reason: receipt.reason };
  return { node, state: receipt.state, ...reason };
}

/** A node that does not know the plan is as before, unless what it was asked may still arrive: then its deadline ends that, too. */
function unknownPlan(
  { node: { name }, answered }: Activation,
  reason: string,
  { driver }: RolloutContext,
): NodeOutcome {
  return { node: name, state: !answered && driver.capabilities.confirm ? 'left' : 'reverted', reason };
}

/** Calls until the node answers or `untilMs`. */
async function settle(
  call: Call,
  planId: string,
  activation: Activation,
  untilMs: number,
  context: RolloutContext,
): Promise<NodeOutcome> {
  const { clock, hurry, driver } = context;
  const { node } = activation;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return outcomeOf(node.name, await call(node, planId, unstoppable));
    } catch (error) {
      const { code, message, retry } = asFairleadError(error);
      if (code === 'node.unknown-plan') return unknownPlan(activation, message, context);
      if (retry !== 'backoff' || hurry.aborted || clock.monotonicMs() + pauseMs > untilMs)
        return { node: node.name, state: driver.capabilities.confirm ? 'left' : 'unknown', reason: message };
      await clock.sleep(pauseMs, hurry).catch(() => undefined);
    }
  }
}

/** Confirms a decided plan on all its nodes, and tells them whom it leaves behind; each is tried again until its deadline ends. */
export function confirmAll(
  planId: string,
  activations: readonly Activation[],
  leftBehind: readonly string[],
  context: RolloutContext,
): Promise<readonly NodeOutcome[]> {
  const { driver, clock } = context;
  const confirm: Call = (node, id, signal) => driver.confirm(node, id, leftBehind, signal);
  return mapParallel(activations, nodesAtOnce, (activation) => {
    const { lost, deadlineMs } = activation;
    const untilMs = lost || deadlineMs === Infinity ? clock.monotonicMs() : deadlineMs;
    return settle(confirm, planId, activation, untilMs, context);
  });
}

/** Puts back what was before, the last activated first and the canary alone at the end. */
export async function revertAll(
  planId: string,
  activations: readonly Activation[],
  context: RolloutContext,
): Promise<readonly NodeOutcome[]> {
  const { driver, clock } = context;
  const revert = (activation: Activation) =>
    settle(driver.revert.bind(driver), planId, activation, clock.monotonicMs() + revertPatienceMs, context);
  const others = await mapParallel(activations.slice(1).toReversed(), nodesAtOnce, revert);
  const canary = await mapParallel(activations.slice(0, 1), nodesAtOnce, revert);
  return [...others, ...canary];
}

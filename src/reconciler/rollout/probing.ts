import { asFairleadError, FairleadError } from '../../errors.js';
import { regressions } from '../../model/health.js';
import type { Health, Regression } from '../../model/health.js';
import type { NodeRef } from '../../model/plan.js';
import { mapParallel } from '../../platform/parallel.js';
import { withTimeLimit } from '../../platform/time-limit.js';
import { nodesAtOnce } from './rollout-context.js';
import type { RolloutContext } from './rollout-context.js';

/** Identity of the check that the node answers its probe at all. */
const answersCheckId = 'answers';

const firstPauseMs = 100;
const longestPauseMs = 1000;

type ProbeContext = Pick<RolloutContext, 'driver' | 'clock' | 'stop'>;

async function probeNode(node: NodeRef, limitMs: number, context: ProbeContext): Promise<Health> {
  const { driver, clock, stop } = context;
  const startedMs = clock.monotonicMs();
  try {
    return await withTimeLimit(clock, limitMs, stop, (signal) => driver.probe(node, signal));
  } catch (error) {
    stop.throwIfAborted();
    const durationMs = clock.monotonicMs() - startedMs;
    const detail = asFairleadError(error, 'node.unreachable').message;
    return { node: node.name, checks: [{ id: answersCheckId, ok: false, detail, durationMs }] };
  }
}

/** Probes nodes through their data path; a node that does not answer in time has one failed check, `answers`. */
export function probeAll(
  nodes: readonly NodeRef[],
  limitMs: number,
  context: ProbeContext,
): Promise<readonly Health[]> {
  return mapParallel(nodes, nodesAtOnce, (node) => probeNode(node, limitMs, context));
}

/** True for a node whose probe got no answer. */
function isSilent({ checks }: Health): boolean {
  return checks.some(({ id }) => id === answersCheckId);
}

function probeFailure(broken: readonly Regression[]): FairleadError {
  const details = broken.map(({ node, check }) => ({ place: `${node} ${check.id}`, message: check.detail }));
  const first = details[0];
  const count = details.length === 1 ? '1 check fails' : `${details.length} checks fail`;
  const summary = first === undefined ? '' : `: ${first.place}: ${first.message}`;
  return new FairleadError('apply.probe-failed', `${count} after the change${summary}`, { details });
}

/** A try that our own time limit cut off says less than the one before it. */
function moreTelling(before: readonly Regression[], now: readonly Regression[]): readonly Regression[] {
  return before.length > 0 && now.every(({ check }) => check.id === answersCheckId) ? before : now;
}

/** Whose silence may be tolerated, and of how many. */
export interface Tolerance {
  /** Nodes that run the plan: what silences them may be the change. */
  readonly running: ReadonlySet<string>;
  readonly silentNodes: number;
}

function counted(after: readonly Health[], { running, silentNodes }: Tolerance): readonly Health[] {
  const silent = after.filter((health) => isSilent(health) && !running.has(health.node));
  return silent.length > silentNodes ? after : after.filter((health) => !silent.includes(health));
}

/**
 * Resolves once nothing fails that did not fail before; a swap may need a moment, so it asks again until `probeTimeoutSeconds`
 * are over, or at once gives up when there is reason to hurry.
 * @throws FairleadError `apply.probe-failed` with the checks that the change broke.
 */
export async function requireNoRegression(
  before: readonly Health[],
  nodes: readonly NodeRef[],
  tolerance: Tolerance,
  context: RolloutContext,
): Promise<void> {
  const { clock, policy, hurry, stop } = context;
  const endsAtMs = clock.monotonicMs() + policy.probeTimeoutSeconds * 1000;
  let told: readonly Regression[] = [];
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const after = await probeAll(nodes, Math.max(1, endsAtMs - clock.monotonicMs()), context);
    const broken = regressions(before, counted(after, tolerance));
    if (broken.length === 0) return;
    told = moreTelling(told, broken);
    const leftMs = endsAtMs - clock.monotonicMs();
    if (leftMs <= 0 || hurry.aborted) throw probeFailure(told);
    await clock.sleep(Math.min(pauseMs, leftMs), hurry).catch(() => stop.throwIfAborted());
  }
}

import type { RetryClass } from '../../errors.js';
import { errorDefinitions, retryClasses } from '../../errors.js';
import type { SyncPolicySpec } from '../../model/generated/kinds.js';
import { windowState } from '../../model/window.js';
import { backoffDelayMs } from '../../platform/backoff.js';
import { errorOf } from '../pass-outcome.js';
import type { PassOutcome } from '../pass-outcome.js';

/** When to pass again although nothing says so. */
export interface NextPass {
  readonly delayMs: number;
  /** The pass did not get where it should, and trying again may help. */
  readonly isRetry: boolean;
}

const firstRetryMs = 500;
const longestRetryMs = 60_000;
const jitterShare = 0.1;

/** The classes of everything that stood in the way, of keeping the last good revision included. */
function classesOf(outcome: PassOutcome): readonly RetryClass[] {
  const error = errorOf(outcome);
  const blockers = outcome.state === 'blocked' ? outcome.findings.plan.blockers : [];
  const kept = outcome.kept === undefined ? [] : classesOf(outcome.kept);
  const blocking = blockers.map(({ code }) => errorDefinitions[code].retry);
  return [...(error === undefined ? [] : [error.retry]), ...blocking, ...kept];
}

/** The most hopeful class among what stood in the way; undefined when nothing did. */
function retryClassOf(outcome: PassOutcome): RetryClass | undefined {
  const classes = classesOf(outcome);
  return retryClasses.find((one) => classes.includes(one));
}

function pollMs({ pollIntervalSeconds, windows }: SyncPolicySpec, nowMs: number, random: () => number): number {
  const jittered = Math.round(pollIntervalSeconds * 1000 * (1 - jitterShare + 2 * jitterShare * random()));
  const state = windowState(windows, nowMs);
  return state.open || state.opensAtMs === undefined
    ? jittered
    : Math.min(jittered, Math.max(1, state.opensAtMs - nowMs));
}

/**
 * Chooses the delay after a pass: the poll interval with a tenth of jitter, sooner when a window opens, and full-jitter backoff while
 * `failures` passes in a row (from 1) ended with something that may go away by itself.
 */
export function nextPass(
  outcome: PassOutcome,
  failures: number,
  policy: SyncPolicySpec,
  nowMs: number,
  random: () => number = Math.random,
): NextPass {
  const poll = pollMs(policy, nowMs, random);
  const retry = retryClassOf(outcome);
  if (retry !== 'now' && retry !== 'backoff') return { delayMs: poll, isRetry: false };
  const limits = { firstMs: retry === 'now' && failures === 1 ? 1 : firstRetryMs, longestMs: longestRetryMs };
  return { delayMs: Math.min(poll, backoffDelayMs(failures, limits, random)), isRetry: true };
}

import type { PhoneTiming } from './phone-options.js';

export interface RetryQuestion {
  /** How often registering failed since it last succeeded. */
  readonly failures: number;
  readonly targets: number;
  readonly capable: boolean;
  /** What the last answer asked for. */
  readonly retryAfterSeconds: number | undefined;
  /** From 0 to below 1. */
  readonly chance: number;
}

/** How long a phone waits before it tries again: a capable one tries every target once without a pause. */
export function retryDelayMs(timing: PhoneTiming, question: RetryQuestion): number {
  const { failures, targets, capable, retryAfterSeconds = 0, chance } = question;
  if (!capable) return Math.max(timing.longestRetryMs, retryAfterSeconds * 1000);
  if (failures < targets) return timing.comeBackJitterMs * chance;
  const doublings = Math.min(failures - targets, 20);
  const waitMs = Math.min(timing.retryMs * 2 ** doublings, timing.longestRetryMs);
  return Math.max(waitMs * (0.5 + chance / 2), retryAfterSeconds * 1000);
}

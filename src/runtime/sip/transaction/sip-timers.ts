/** The waits of transactions in milliseconds; T1, T2 and T4 of RFC 3261 section 17.1.1.1, timer C of section 16.6. */
export interface SipTimers {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t4Ms: number;
  /** How long a call may ring without a sign of life. */
  readonly timerCMs: number;
}

export const defaultSipTimers: SipTimers = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000, timerCMs: 240_000 };

/** Timers B, D, F, H, J, L and M: after so long nothing of a transaction is on the way any more. */
export function transactionLifetimeMs(timers: SipTimers): number {
  return 64 * timers.t1Ms;
}

/** When a request other than INVITE that has no answer yet earns a 100, RFC 4320 section 4.1. */
export function quietAnswerMs(timers: SipTimers): number {
  let elapsedMs = 0;
  for (let waitMs = timers.t1Ms; waitMs < timers.t2Ms; waitMs *= 2) elapsedMs += waitMs;
  return elapsedMs;
}

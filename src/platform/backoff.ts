export interface BackoffLimits {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Delay before attempt `attempt` (1 = first retry): full jitter over an exponential ceiling, at least 1 ms. */
export function backoffDelayMs(attempt: number, limits: BackoffLimits, random: () => number = Math.random): number {
  const ceiling = Math.min(limits.longestMs, limits.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.max(1, Math.round(random() * ceiling));
}

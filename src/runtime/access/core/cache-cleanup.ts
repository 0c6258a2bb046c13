import type { Clock, Timer } from '../../../platform/clock.js';

/** Clears what has expired, once per interval. */
export interface CacheCleanup {
  /** The interval counts from the last clearing; when it has passed by then, the clearing is due at once. */
  every(intervalMs: number): void;
  stop(): void;
}

export function newCacheCleanup(clock: Clock, clear: () => void): CacheCleanup {
  let lastMs = clock.monotonicMs();
  let timer: Timer | undefined;

  function schedule(intervalMs: number): void {
    timer?.cancel();
    const delayMs = Math.max(0, lastMs + intervalMs - clock.monotonicMs());
    timer = clock.after(
      delayMs,
      () => {
        clear();
        lastMs = clock.monotonicMs();
        schedule(intervalMs);
      },
      { idle: true },
    );
  }

  return { every: schedule, stop: () => timer?.cancel() };
}

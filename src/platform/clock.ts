/** A running timer; cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time as a port: `nowMs` may jump with the wall clock, `monotonicMs` never goes back. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  /** Runs `task` once after `delayMs` (0 to 2^31-1); an `idle` timer does not keep the process alive. */
  after(delayMs: number, task: () => void, options?: { readonly idle?: boolean }): Timer;
  /** Resolves after `delayMs`, or rejects with the reason of the signal. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

const longestDelayMs = 2 ** 31 - 1;

function systemAfter(delayMs: number, task: () => void, options?: { readonly idle?: boolean }): Timer {
  const handle = setTimeout(task, Math.min(Math.max(0, delayMs), longestDelayMs));
  if (options?.idle === true) handle.unref();
  return { cancel: () => clearTimeout(handle) };
}

/** Sleeps on any clock; shared by the system clock and the fake ones of tests. */
export function sleepOn(clock: Pick<Clock, 'after'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(reasonOf(signal));
      return;
    }
    const onAbort = () => {
      timer.cancel();
      if (signal !== undefined) reject(reasonOf(signal));
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: systemAfter,
  sleep: (delayMs, signal) => sleepOn({ after: systemAfter }, delayMs, signal),
};

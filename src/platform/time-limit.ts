import { setMaxListeners } from 'node:events';
import type { Clock } from './clock.js';

/** The reason of a signal that a time limit aborted. */
export class TimeLimitReached extends Error {
  constructor(readonly limitMs: number) {
    super(`not done within ${limitMs} ms`);
    this.name = 'TimeLimitReached';
  }
}

/** Runs a task with a signal that aborts with `signal`, or with `TimeLimitReached` after `limitMs`. The task must obey it. */
export async function withTimeLimit<Result>(
  clock: Pick<Clock, 'after'>,
  limitMs: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  // Any number of tasks may run under one signal, and each takes its listener away again: nothing leaks that is worth a warning.
  setMaxListeners(0, signal);
  const limited = new AbortController();
  // Not AbortSignal.any: it keeps an entry in a long-lived signal for every task that ever ran.
  const follow = () => limited.abort(signal.reason);
  signal.addEventListener('abort', follow, { once: true });
  const timer = clock.after(limitMs, () => limited.abort(new TimeLimitReached(limitMs)));
  try {
    return await task(limited.signal);
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', follow);
  }
}

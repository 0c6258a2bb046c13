import type { Clock } from '../../platform/clock.js';
import { LatencyHistogram, type LatencySummary } from './latency-histogram.js';

export interface LoadOptions {
  /** How many tasks may run at a time. */
  readonly workers: number;
  /** Ends after so many tasks. */
  readonly tasks: number;
  /** Begins no task after this time; without it only the number counts. */
  readonly limitMs?: number;
  /**
   * Tasks begun per second, whatever their duration; a task that has to wait for a worker is timed from when it was due,
   * so that a stall is not hidden. Without it each worker begins the next task when its last one ended.
   */
  readonly perSecond?: number;
  readonly clock: Clock;
  /** Told its worker and its number from 0; what it throws is a failure and ends nothing. */
  readonly task: (worker: number, number: number) => Promise<void>;
}

export interface LoadReport {
  readonly done: number;
  readonly failed: number;
  /** How often each message was thrown, of at most 50 different ones. */
  readonly failures: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
  readonly perSecond: number;
  /** Of the tasks that did not fail. */
  readonly latency: LatencySummary;
}

const mostMessages = 50;

/** Counts what becomes of tasks. */
class Tally {
  readonly histogram = new LatencyHistogram();
  readonly failures = new Map<string, number>();
  done = 0;
  failed = 0;

  succeed(durationMs: number): void {
    this.done += 1;
    this.histogram.add(durationMs);
  }

  fail(error: unknown): void {
    this.failed += 1;
    const thrown = error instanceof Error ? error.message : String(error);
    const message = this.failures.size < mostMessages || this.failures.has(thrown) ? thrown : 'other';
    this.failures.set(message, (this.failures.get(message) ?? 0) + 1);
  }
}

/** Runs tasks side by side, at a fixed rate or as fast as the workers are, and tells how it went. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { clock, workers } = options;
  const tally = new Tally();
  const startMs = clock.monotonicMs();
  const numbers = Array.from({ length: options.tasks }).keys();
  const work = (_: unknown, worker: number) => runWorker(options, worker, numbers, startMs, tally);
  await Promise.all(Array.from({ length: workers }, work));
  const elapsedMs = clock.monotonicMs() - startMs;
  const { done, failed, failures, histogram } = tally;
  const perSecond = elapsedMs === 0 ? 0 : ((done + failed) * 1000) / elapsedMs;
  return { done, failed, failures, elapsedMs, perSecond, latency: histogram.summary() };
}

async function runWorker(
  { clock, task, perSecond, limitMs = Infinity }: LoadOptions,
  worker: number,
  numbers: Iterable<number>,
  startMs: number,
  tally: Tally,
): Promise<void> {
  for (const number of numbers) {
    const dueMs = perSecond === undefined ? clock.monotonicMs() : startMs + (number * 1000) / perSecond;
    if (dueMs - startMs >= limitMs) return;
    const waitMs = dueMs - clock.monotonicMs();
    if (waitMs > 0) await clock.sleep(waitMs);
    try {
      await task(worker, number);
      tally.succeed(clock.monotonicMs() - dueMs);
    } catch (error) {
      tally.fail(error);
    }
  }
}

import { asFairleadError } from '../../errors.js';
import { backoffDelayMs } from '../../platform/backoff.js';
import type { Clock } from '../../platform/clock.js';
import type { Source } from '../source/source.js';
import { ClusterWorker } from './cluster-worker.js';
import type { WorkerDeps } from './cluster-worker.js';
import { SourceReader } from './source-reader.js';
import type { Reading } from './source-reader.js';

export interface LoopDeps extends Omit<WorkerDeps, 'reader' | 'source'> {
  readonly source: Source;
}

const lookForClusters = { firstMs: 500, longestMs: 30_000 };
const idlePollMs = 60_000;

/**
 * Keeps every cluster of a source as it is declared: a worker for each, which begins when the cluster appears and ends when it is gone.
 * Webhooks, node events and timers only say when to look; a pass reads both sides afresh.
 */
export class ReconcileLoop {
  readonly #deps: LoopDeps;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #reader: SourceReader;
  readonly #workers = new Map<string, ClusterWorker>();
  readonly #withNews = new Set<ClusterWorker>();
  readonly #leaving = new Map<string, Promise<void>>();
  #ended: Promise<void> = Promise.resolve();

  constructor(deps: LoopDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
    this.#reader = new SourceReader(deps.source, this.#stop.signal, (reading) => this.#adopt(reading));
  }

  start(): void {
    this.#ended = this.#lookForClusters();
  }

  /** Says that the source may have moved; harmless however often. */
  hint(): void {
    const mark = this.#reader.mark();
    this.#reader.after(mark).then(
      () => this.#wakeAll(mark),
      (error: unknown) => this.#deps.listener.onReadingFailed(asFairleadError(error)),
    );
  }

  /** Lets every pass that runs end safely. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
    await Promise.all(this.#leaving.values());
  }

  /** Workers read the source for themselves; while there are none, somebody must. */
  async #lookForClusters(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      let delayMs = idlePollMs;
      if (this.#workers.size === 0) {
        const isRead = await this.#look();
        failures = isRead ? 0 : failures + 1;
        if (!isRead) delayMs = backoffDelayMs(failures, lookForClusters);
      }
      await this.#clock.sleep(delayMs, this.#stop.signal).catch(() => undefined);
    }
  }

  async #look(): Promise<boolean> {
    try {
      await this.#reader.after(this.#reader.mark());
      return true;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#deps.listener.onReadingFailed(asFairleadError(error));
      return false;
    }
  }

  /** Those that have news in the last reading first: the others only look whether all is as it was. */
  #wakeAll(mark: number): void {
    const workers = [...this.#workers.values()];
    for (const worker of workers) if (this.#withNews.has(worker)) worker.wake(mark);
    for (const worker of workers) if (!this.#withNews.has(worker)) worker.wake(mark);
  }

  #adopt(reading: Reading): void {
    if (this.#stop.signal.aborted) return;
    this.#deps.listener.onReading(reading);
    const { clusters, refused } = reading.reading.result;
    const names = new Set([...clusters.keys(), ...refused]);
    this.#withNews.clear();
    for (const [name, worker] of this.#workers) {
      if (!names.has(name)) this.#dismiss(name, worker);
      else if (worker.show(reading)) this.#withNews.add(worker);
    }
    for (const name of names) if (!this.#workers.has(name) && !this.#leaving.has(name)) this.#begin(name, reading);
  }

  #begin(name: string, { number }: Reading): void {
    this.#workers.set(name, new ClusterWorker(name, number - 1, { ...this.#deps, reader: this.#reader }));
  }

  /** The pass that noticed it may be the worker's own, so nobody waits for it here. */
  #dismiss(name: string, worker: ClusterWorker): void {
    this.#workers.delete(name);
    const leaving = worker.stop().then(() => {
      this.#leaving.delete(name);
      this.#deps.listener.onClusterGone(name);
    });
    this.#leaving.set(name, leaving);
  }
}

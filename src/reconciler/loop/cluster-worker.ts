import type { DriverEvent } from '../driver/driver.js';
import type { PassOutcome } from '../pass-outcome.js';
import { ClusterPasses } from './cluster-passes.js';
import type { PassDeps } from './cluster-passes.js';
import type { LoopListener } from './loop-listener.js';
import { nextPass } from './next-pass.js';
import type { Reading } from './source-reader.js';

/** What all workers share. */
export interface WorkerDeps extends PassDeps {
  readonly listener: LoopListener;
}

/** Passes over one cluster again and again: when it is woken, or after the delay that the last pass asked for. */
export class ClusterWorker {
  readonly #name: string;
  readonly #deps: WorkerDeps;
  readonly #stop = new AbortController();
  readonly #passes: ClusterPasses;
  readonly #ended: Promise<void>;
  /** The newest moment that somebody said there is something to see at. */
  #wokenAt: number | undefined;
  #wait = new AbortController();
  #failures = 0;

  /** Begins with a pass at once, over what was read after a moment. */
  constructor(name: string, mark: number, deps: WorkerDeps) {
    this.#name = name;
    this.#deps = deps;
    this.#wokenAt = mark;
    this.#passes = new ClusterPasses(name, deps, (event) => this.#hear(event), this.#stop.signal);
    this.#ended = this.#run();
  }

  /** Says "look now" at what was there at a moment; a pass that runs is followed by another one. */
  wake(mark: number): void {
    this.#wokenAt = Math.max(mark, this.#wokenAt ?? mark);
    this.#wait.abort();
  }

  /**
   * Shows what was read last, and tells whether it is news here: the newest revision wins over a pass that only waits for
   * something that fails.
   */
  show(reading: Reading): boolean {
    return this.#passes.show(reading);
  }

  /** Lets the pass that runs end safely, and frees everything. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wait.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { clock, listener, reader } = this.#deps;
    while (!this.#isStopped()) {
      const startedMs = clock.monotonicMs();
      const mark = this.#wokenAt ?? reader.mark();
      this.#wokenAt = undefined;
      listener.onPassBegun(this.#name);
      const outcome = await this.#passes.run(mark);
      if (this.#isStopped() && outcome.state === 'error') break;
      await this.#sleep(this.#finish(outcome, startedMs));
    }
    await this.#passes.close();
  }

  #finish(outcome: PassOutcome, startedMs: number): number {
    const { clock, listener } = this.#deps;
    const { delayMs, isRetry } = nextPass(outcome, this.#failures + 1, this.#passes.policy(), clock.nowMs());
    this.#failures = isRetry ? this.#failures + 1 : 0;
    const durationMs = clock.monotonicMs() - startedMs;
    const ended = { outcome, lastGood: this.#passes.lastGood(), durationMs, delayMs, failures: this.#failures };
    listener.onPassEnded(this.#name, ended);
    return delayMs;
  }

  async #sleep(delayMs: number): Promise<void> {
    if (this.#wokenAt !== undefined || this.#isStopped()) return;
    this.#wait = new AbortController();
    await this.#deps.clock.sleep(delayMs, this.#wait.signal).catch(() => undefined);
  }

  #hear(event: DriverEvent): void {
    this.#deps.listener.onNodeEvent(this.#name, event);
    if (event.type !== 'link') this.wake(this.#deps.reader.mark());
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }
}

import type { Clock } from '../../../platform/clock.js';
import { Semaphore } from '../../../platform/semaphore.js';
import { OperationTally } from '../../client/operation-tally.js';
import { LatencyHistogram, type LatencySummary } from '../../load/latency-histogram.js';
import { LabPhone } from './lab-phone.js';
import type { PhoneObserver, PhoneOptions } from './phone-options.js';

export interface PhoneCrowdOptions {
  readonly phones: readonly Omit<PhoneOptions, 'log' | 'clock' | 'observer' | 'connecting'>[];
  /** Phones started per second, so that a crowd is not one big handshake. */
  readonly startsPerSecond: number;
  /** Connections that are being opened at a time, 50 unless it says otherwise: one process is not thousands of machines. */
  readonly connectsAtOnce?: number;
  readonly clock: Clock;
}

export interface CrowdStatistics {
  readonly phones: number;
  readonly registered: number;
  /** The most that were registered at a time. */
  readonly peak: number;
  /** How often a phone was lost, and came back. */
  readonly losses: number;
  readonly returns: number;
  /** From a loss to the next registration. */
  readonly comeBack: LatencySummary;
  /** Counts by `<action> <outcome>`. */
  readonly operations: Readonly<Record<string, number>>;
  readonly failedOperations: number;
  /** Messages that phones did not expect. */
  readonly unexpected: number;
}

/** Thousands of phones in one process, in memory that grows only with their number. */
export class PhoneCrowd {
  readonly phones: readonly LabPhone[];
  /** Counts every operation of every phone, and keeps the first failures. */
  readonly tally = new OperationTally();
  readonly #options: PhoneCrowdOptions;
  readonly #starting = new AbortController();
  #comeBack = new LatencyHistogram();
  #waiters: { readonly wanted: number; readonly resolve: () => void }[] = [];
  #registered = 0;
  #peak = 0;
  #losses = 0;
  #returns = 0;

  constructor(options: PhoneCrowdOptions) {
    this.#options = options;
    const { clock, connectsAtOnce = 50 } = options;
    const connecting = new Semaphore(connectsAtOnce);
    const observers = options.phones.map(() => this.#newObserver());
    this.phones = options.phones.map(
      (phone, index) =>
        new LabPhone({ ...phone, log: this.tally, clock, connecting, observer: observers[index] ?? {} }),
    );
  }

  /** Starts every phone; resolves when all were told to, which is before all are registered. */
  async start(): Promise<void> {
    const { clock, startsPerSecond } = this.#options;
    const startMs = clock.monotonicMs();
    for (const [index, phone] of this.phones.entries()) {
      const waitMs = startMs + (index * 1000) / startsPerSecond - clock.monotonicMs();
      if (waitMs > 1) await clock.sleep(waitMs, this.#starting.signal).catch(() => undefined);
      if (this.#starting.signal.aborted) return;
      phone.start();
    }
  }

  /** Resolves when so many are registered at once; all of them unless it says otherwise. */
  async untilRegistered(wanted: number = this.phones.length, signal?: AbortSignal): Promise<void> {
    if (this.#registered >= wanted) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiters.push({ wanted, resolve });
      signal?.addEventListener('abort', () => reject(new Error(`${this.#registered} of ${wanted} phones registered`)));
    });
  }

  /** Ends every phone; without a word to anybody when `how` is `kill`. */
  async stop(how: 'unregister' | 'kill' = 'kill'): Promise<void> {
    this.#starting.abort();
    if (how === 'unregister') await Promise.all(this.phones.map((phone) => phone.stop()));
    else for (const phone of this.phones) phone.kill();
  }

  statistics(): CrowdStatistics {
    return {
      phones: this.phones.length,
      registered: this.#registered,
      peak: this.#peak,
      losses: this.#losses,
      returns: this.#returns,
      comeBack: this.#comeBack.summary(),
      operations: this.tally.counts,
      failedOperations: this.tally.failed,
      unexpected: this.phones.reduce((sum, phone) => sum + phone.unexpected.length, 0),
    };
  }

  /** Forgets how long coming back took so far, before the loss that is to be measured. */
  forgetComeBacks(): void {
    this.#comeBack = new LatencyHistogram();
    [this.#losses, this.#returns] = [0, 0];
  }

  /** Each phone's own, because a refresh also says that it is registered. */
  #newObserver(): PhoneObserver {
    let counted = false;
    const leave = () => {
      if (counted) this.#registered -= 1;
      counted = false;
    };
    return {
      onRegistered: () => {
        if (!counted) this.#enter();
        counted = true;
      },
      onLost: () => {
        this.#losses += 1;
        leave();
      },
      onBack: (afterMs) => {
        this.#returns += 1;
        this.#comeBack.add(afterMs);
      },
      onStopped: leave,
    };
  }

  #enter(): void {
    this.#registered += 1;
    this.#peak = Math.max(this.#peak, this.#registered);
    const due = this.#waiters.filter(({ wanted }) => wanted <= this.#registered);
    this.#waiters = this.#waiters.filter(({ wanted }) => wanted > this.#registered);
    for (const { resolve } of due) resolve();
  }
}

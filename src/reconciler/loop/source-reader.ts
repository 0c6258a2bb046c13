import { asFairleadError } from '../../errors.js';
import type { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Source, SourceReading } from '../source/source.js';

/** What the source holds, as far as it could be asked. */
export interface Reading {
  readonly reading: SourceReading;
  /** When the remote was asked, on the monotonic clock. */
  readonly startedMs: number;
  /** Why the remote could not be read; `reading` is the last one then. */
  readonly failure?: FairleadError;
}

/** Reads one source for many clusters: whoever asks while a reading runs shares the next one. */
export class SourceReader {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #stop: AbortSignal;
  readonly #onReading: (reading: Reading) => void;
  #last: Reading | undefined;
  #running: { readonly startedMs: number; readonly reading: Promise<Reading> } | undefined;
  #next: Promise<Reading> | undefined;

  /** `onReading` is told each reading once, before those who asked for it. */
  constructor(source: Source, clock: Clock, stop: AbortSignal, onReading: (reading: Reading) => void) {
    this.#source = source;
    this.#clock = clock;
    this.#stop = stop;
    this.#onReading = onReading;
  }

  /**
   * Gives a reading that began at `sinceMs` (monotonic) or later.
   * @throws FairleadError of the source when there is no reading at all to fall back on
   */
  async since(sinceMs: number): Promise<Reading> {
    if (this.#last !== undefined && this.#last.startedMs >= sinceMs) return this.#last;
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start();
    if (this.#running.startedMs >= sinceMs) return this.#running.reading;
    const again = () => this.#start();
    this.#next = this.#running.reading.then(again, again);
    return this.#next;
  }

  #start(): Promise<Reading> {
    this.#next = undefined;
    const startedMs = this.#clock.monotonicMs();
    const reading = this.#read(startedMs).finally(() => {
      this.#running = undefined;
    });
    this.#running = { startedMs, reading };
    return reading;
  }

  async #read(startedMs: number): Promise<Reading> {
    const read = await this.#readOrFallBack(startedMs);
    this.#last = read;
    this.#onReading(read);
    return read;
  }

  async #readOrFallBack(startedMs: number): Promise<Reading> {
    try {
      return { reading: await this.#source.read(this.#stop), startedMs };
    } catch (error) {
      this.#stop.throwIfAborted();
      const failure = asFairleadError(error, 'source.unreachable');
      const reading = this.#last?.reading ?? (await this.#source.readLast(this.#stop));
      if (reading === undefined) throw failure;
      return { reading, startedMs, failure };
    }
  }
}

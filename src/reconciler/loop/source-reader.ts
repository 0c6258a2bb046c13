import { asFairleadError } from '../../errors.js';
import type { FairleadError } from '../../errors.js';
import type { Source, SourceReading } from '../source/source.js';

/** What the source holds, as far as it could be asked. */
export interface Reading {
  readonly reading: SourceReading;
  /** Counted from 1 in the order in which readings began. */
  readonly number: number;
  /** Why the remote could not be read; `reading` is the last one then. */
  readonly failure?: FairleadError;
}

/** Reads one source for many clusters: whoever asks while a reading runs shares the next one. */
export class SourceReader {
  readonly #source: Source;
  readonly #stop: AbortSignal;
  readonly #onReading: (reading: Reading) => void;
  #begun = 0;
  #last: Reading | undefined;
  #running: { readonly number: number; readonly reading: Promise<Reading> } | undefined;
  #next: Promise<Reading> | undefined;

  /** `onReading` is told each reading once, before those who asked for it. */
  constructor(source: Source, stop: AbortSignal, onReading: (reading: Reading) => void) {
    this.#source = source;
    this.#stop = stop;
    this.#onReading = onReading;
  }

  /** Stands for this moment: what is read after it sees everything that was there then. */
  mark(): number {
    return this.#begun;
  }

  /**
   * Gives a reading that began after a moment.
   * @throws FairleadError of the source when there is no reading at all to fall back on
   */
  async after(mark: number): Promise<Reading> {
    if (this.#last !== undefined && this.#last.number > mark) return this.#last;
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start();
    if (this.#running.number > mark) return this.#running.reading;
    const again = () => this.#start();
    this.#next = this.#running.reading.then(again, again);
    return this.#next;
  }

  #start(): Promise<Reading> {
    this.#next = undefined;
    this.#begun += 1;
    const number = this.#begun;
    const reading = this.#read(number).finally(() => {
      this.#running = undefined;
    });
    this.#running = { number, reading };
    return reading;
  }

  async #read(number: number): Promise<Reading> {
    const read = await this.#readOrFallBack(number);
    this.#last = read;
    this.#onReading(read);
    return read;
  }

  async #readOrFallBack(number: number): Promise<Reading> {
    try {
      return { reading: await this.#source.read(this.#stop), number };
    } catch (error) {
      this.#stop.throwIfAborted();
      const failure = asFairleadError(error, 'source.unreachable');
      const reading = this.#last?.reading ?? (await this.#source.readLast(this.#stop));
      if (reading === undefined) throw failure;
      return { reading, number, failure };
    }
  }
}

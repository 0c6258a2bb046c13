import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Batch, type BatchAnswer, isBatchAnswer } from './read-batch.js';

interface Waiting {
  readonly resolve: (answer: BatchAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Parsing leaves much garbage behind, which is collected the cheaper the longer it can wait. */
const resourceLimits = { maxYoungGenerationSizeMb: 96 };

/** A thread that reads batches of files, one after the other. */
export class ReaderThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor() {
    this.#worker = new Worker(new URL(`./read-worker${extname(import.meta.url)}`, import.meta.url), { resourceLimits });
    this.#worker.on('message', (answer: unknown) => {
      if (isBatchAnswer(answer)) this.#waiting.shift()?.resolve(answer);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread ended')));
  }

  /** Batches that it has and did not answer. */
  get waiting(): number {
    return this.#failure === undefined ? this.#waiting.length : Infinity;
  }

  /** Hands a batch over: its bytes cannot be used here any more. Rejects when the thread cannot start, or ends before it is done. */
  read(batch: Batch): Promise<BatchAnswer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = new Promise<BatchAnswer>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#worker.postMessage(batch, [batch.bytes.buffer]);
    return answer;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

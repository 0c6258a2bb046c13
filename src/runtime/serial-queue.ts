import { FairleadError } from '../errors.js';

/** Runs tasks one at a time in the order they came; what was accepted always runs. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor(private readonly mostWaiting: number) {}

  /** @throws FairleadError `node.busy` when the queue is full or closed. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new FairleadError('node.busy', 'the node is stopping');
    if (this.#waiting >= this.mostWaiting) {
      throw new FairleadError('node.busy', `${this.#waiting} operations wait on this node, which is the limit`);
    }
    this.#waiting += 1;
    const result = this.#last.then(task);
    this.#last = result.then(
      () => this.#leave(),
      () => this.#leave(),
    );
    return await result;
  }

  /** Accepts nothing more, and resolves when what was accepted is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  #leave(): void {
    this.#waiting -= 1;
  }
}

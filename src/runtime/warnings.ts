import { asFairleadError } from '../errors.js';
import type { Log } from '../platform/log.js';

const mostKept = 20;

/** What an operator should look at although the node runs: the last 20 things, logged as they come. */
export class Warnings {
  #all: readonly string[] = [];

  constructor(private readonly log: Log) {}

  get all(): readonly string[] {
    return this.#all;
  }

  add(warning: string): void {
    this.log.error({}, warning);
    this.#all = [...this.#all, warning].slice(-mostKept);
  }

  clear(): void {
    this.#all = [];
  }

  /** Does something whose failure is only worth a warning. */
  async tolerate(task: () => Promise<void>): Promise<void> {
    await task().catch((error: unknown) => this.add(asFairleadError(error).message));
  }
}

import type { Action, Operation, OperationSink, Outcome } from './operation-log.js';

const mostFailures = 10_000;

/** Counts all operations and keeps the first 10,000 that failed: for crowds, whose every operation would not fit. */
export class OperationTally implements OperationSink {
  readonly #failures: Operation[] = [];
  readonly #counts = new Map<string, number>();

  add(operation: Operation): void {
    const key = `${operation.action} ${operation.outcome}`;
    this.#counts.set(key, this.count(operation.action, operation.outcome) + 1);
    if (operation.outcome !== 'ok' && this.#failures.length < mostFailures) this.#failures.push(operation);
  }

  count(action: Action, outcome: Outcome): number {
    return this.#counts.get(`${action} ${outcome}`) ?? 0;
  }

  /** Counts by `<action> <outcome>`, those that are not zero. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** Number of all operations that did not end with `ok`. */
  get failed(): number {
    return [...this.#counts].reduce((sum, [key, count]) => (key.endsWith(' ok') ? sum : sum + count), 0);
  }

  /** In the order they ended. */
  get failures(): readonly Operation[] {
    return this.#failures;
  }
}

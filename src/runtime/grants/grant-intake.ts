import type { Clock, Timer } from '../../platform/clock.js';
import type { StatementVerifier } from '../statement-keys.js';
import type { GrantDesk } from './grant-desk.js';
import { openGrant } from './grant-keys.js';

export interface GrantIntakeParts {
  readonly clock: Clock;
  readonly keys: StatementVerifier;
  readonly desk: GrantDesk;
}

/** Checking one takes about 0.1 ms, in which nothing else happens. */
const checksPerTurn = 20;
/** As many users as a core keeps grants of. */
const mostWaiting = 100_000;

/**
 * Takes grants that edges kept while this core was away, so that it can give them to an edge that comes back later. Each is
 * checked, a few at a time; those that are not good, and those beyond 100,000 that wait, are dropped.
 */
export class GrantIntake {
  readonly #parts: GrantIntakeParts;
  #waiting = new Set<string>();
  #timer: Timer | undefined;

  constructor(parts: GrantIntakeParts) {
    this.#parts = parts;
  }

  take(grants: readonly string[]): void {
    const known = new Set(this.#parts.desk.all());
    for (const grant of grants) {
      if (this.#waiting.size >= mostWaiting) break;
      if (!known.has(grant)) this.#waiting.add(grant);
    }
    this.#timer ??= this.#later();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#waiting = new Set();
  }

  #later(): Timer | undefined {
    return this.#waiting.size === 0 ? undefined : this.#parts.clock.after(0, () => this.#check(), { idle: true });
  }

  #check(): void {
    const { clock, keys, desk } = this.#parts;
    for (const text of [...this.#next()]) {
      this.#waiting.delete(text);
      const grant = openGrant(text, keys, clock.nowMs());
      if (grant !== undefined) desk.learnGrant(text, grant);
    }
    this.#timer = this.#later();
  }

  *#next(): Iterable<string> {
    let left = checksPerTurn;
    for (const text of this.#waiting) {
      if (left === 0) return;
      left -= 1;
      yield text;
    }
  }
}

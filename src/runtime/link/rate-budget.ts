import type { Clock } from '../../platform/clock.js';

/** Allows so many acts per second, and twice as many at once after a pause. */
export class RateBudget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #left: number;
  #updatedMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#left = 2 * perSecond;
    this.#updatedMs = clock.monotonicMs();
  }

  spend(): boolean {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#updatedMs) / 1_000) * this.#perSecond;
    this.#left = Math.min(2 * this.#perSecond, this.#left + earned);
    this.#updatedMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

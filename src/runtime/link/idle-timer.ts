import type { Clock, Timer } from '../../platform/clock.js';

/** Reports that nothing happened for a while; activity, and switching off and on again, make no new timer. */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #onIdle: () => void;
  #limitMs = 0;
  #lastActiveMs = 0;
  #dueMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, onIdle: () => void) {
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  /** 0 switches it off. */
  set(limitMs: number): void {
    this.#limitMs = limitMs;
    if (limitMs === 0) return;
    if (this.#timer !== undefined && this.#clock.monotonicMs() + limitMs < this.#dueMs) this.#disarm();
    this.active();
  }

  active(): void {
    if (this.#limitMs === 0) return;
    this.#lastActiveMs = this.#clock.monotonicMs();
    if (this.#timer === undefined) this.#arm(this.#limitMs);
  }

  stop(): void {
    this.#limitMs = 0;
    this.#disarm();
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(delayMs: number): void {
    this.#dueMs = this.#clock.monotonicMs() + delayMs;
    this.#timer = this.#clock.after(delayMs, () => this.#check(), { idle: true });
  }

  #check(): void {
    this.#timer = undefined;
    if (this.#limitMs === 0) return;
    const restMs = this.#lastActiveMs + this.#limitMs - this.#clock.monotonicMs();
    if (restMs > 0) this.#arm(restMs);
    else this.#onIdle();
  }
}

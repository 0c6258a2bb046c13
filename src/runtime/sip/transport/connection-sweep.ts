import type { Clock, Timer } from '../../../platform/clock.js';

/** Something with deadlines, looked at about once a second. */
export interface Swept {
  /** May close the member or others. */
  sweep(nowMs: number): void;
}

const sweepEveryMs = 1000;

/** One timer for the deadlines of any number of connections; it runs only while there are some. */
export class ConnectionSweep {
  readonly #clock: Clock;
  readonly #members = new Set<Swept>();
  #timer: Timer | undefined;
  #nowMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#nowMs = clock.monotonicMs();
  }

  /** The monotonic time of the last sweep, at most about a second old while there are members; reading it costs nothing. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get size(): number {
    return this.#members.size;
  }

  add(member: Swept): void {
    this.#members.add(member);
    if (this.#timer !== undefined) return;
    this.#nowMs = this.#clock.monotonicMs();
    this.#arm();
  }

  remove(member: Swept): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    this.#timer = this.#clock.after(sweepEveryMs, () => this.#run(), { idle: true });
  }

  #run(): void {
    this.#nowMs = this.#clock.monotonicMs();
    for (const member of this.#members) member.sweep(this.#nowMs);
    // The members may all have gone, and others come, meanwhile.
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#members.size > 0) this.#arm();
  }
}

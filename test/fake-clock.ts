import { type Clock, sleepOn, type Timer } from '../src/platform/clock.js';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that stands still until a test moves it; wall and monotonic time move together unless the wall clock is set. */
export class FakeClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs = Date.UTC(2026, 0, 15, 12)) {
    this.#wallOffsetMs = startMs;
  }

  get pendingTimers(): number {
    return this.#pending.size;
  }

  nowMs(): number {
    return this.#wallOffsetMs + this.#monotonicMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, task: () => void): Timer {
    const pending = { dueMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order, task };
    this.#order += 1;
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Moves time on and runs what falls due, in the order of time; what the tasks schedule within it runs, too. */
  advance(byMs: number): void {
    const endMs = this.#monotonicMs + byMs;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#pending.delete(next);
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      next.task();
    }
    this.#monotonicMs = endMs;
  }

  /** Sets the wall clock, as an operator or NTP does; timers do not notice. */
  setWall(nowMs: number): void {
    this.#wallOffsetMs = nowMs - this.#monotonicMs;
  }

  #next(endMs: number): Pending | undefined {
    const due = [...this.#pending].filter(({ dueMs }) => dueMs <= endMs);
    return due.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }
}

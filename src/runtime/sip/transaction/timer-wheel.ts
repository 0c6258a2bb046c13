import type { Clock, Timer } from '../../../platform/clock.js';

const tickMs = 50;
const slotCount = 1024;
const slotMask = slotCount - 1;

/** Something that waits for one moment at a time; it stands in the wheel itself, so that waiting allocates nothing. */
export abstract class WheelEntry {
  /** @internal Neighbours in the slot; undefined while nothing is waited for. */
  next: WheelEntry | undefined = undefined;
  previous: WheelEntry | undefined = undefined;
  dueTick = 0;

  abstract onDue(): void;
}

class Slot extends WheelEntry {
  constructor() {
    super();
    this.next = this;
    this.previous = this;
  }

  onDue(): void {
    // A slot is the head of its list and waits for nothing.
  }
}

/** Many waits on one timer of the clock, each at most 50 ms late; while nothing waits there is no timer. */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #slots = Array.from({ length: slotCount }, () => new Slot());
  readonly #startMs: number;
  #tick = 0;
  #size = 0;
  #timer: Timer | undefined;

  /** `onError` hears what an entry throws; the others come up all the same. */
  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
    this.#startMs = clock.monotonicMs();
  }

  get size(): number {
    return this.#size;
  }

  /** Calls `onDue` once, not before `delayMs` have passed; an earlier wait of the entry is forgotten. */
  schedule(entry: WheelEntry, delayMs: number): void {
    this.cancel(entry);
    if (this.#size === 0) this.#tick = this.#ticksUntilNow();
    const dueMs = this.#clock.monotonicMs() - this.#startMs + delayMs;
    entry.dueTick = Math.max(this.#tick + 1, Math.ceil(dueMs / tickMs));
    const slot = this.#slots[entry.dueTick & slotMask];
    if (slot === undefined) return;
    entry.previous = slot.previous;
    entry.next = slot;
    if (slot.previous !== undefined) slot.previous.next = entry;
    slot.previous = entry;
    this.#size += 1;
    this.#wake();
  }

  cancel(entry: WheelEntry): void {
    if (entry.next === undefined || entry.previous === undefined) return;
    entry.previous.next = entry.next;
    entry.next.previous = entry.previous;
    entry.next = undefined;
    entry.previous = undefined;
    this.#size -= 1;
  }

  /** Forgets every wait. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const slot of this.#slots) {
      while (slot.next !== undefined && slot.next !== slot) this.cancel(slot.next);
    }
  }

  /** At the next tick, not a tick from now, so that waits in a row do not drift. */
  #wake(): void {
    if (this.#timer !== undefined) return;
    const sinceTickMs = (this.#clock.monotonicMs() - this.#startMs) % tickMs;
    this.#timer = this.#clock.after(Math.ceil(tickMs - sinceTickMs), this.#turn, { idle: true });
  }

  readonly #turn = (): void => {
    this.#timer = undefined;
    const now = this.#ticksUntilNow();
    // After a long stall each slot is looked at once at most.
    const from = Math.max(this.#tick + 1, now - slotMask);
    this.#tick = now;
    for (let tick = from; tick <= now; tick += 1) this.#runSlot(tick, now);
    if (this.#size > 0) this.#wake();
  };

  #runSlot(tick: number, now: number): void {
    const slot = this.#slots[tick & slotMask];
    const due: WheelEntry[] = [];
    for (let entry = slot?.next; entry !== undefined && entry !== slot; entry = entry.next) {
      if (entry.dueTick <= now) due.push(entry);
    }
    for (const entry of due) {
      // What ran before may have cancelled this one, or moved it to a later moment.
      if (entry.next === undefined || entry.dueTick > now) continue;
      this.cancel(entry);
      this.#run(entry);
    }
  }

  #run(entry: WheelEntry): void {
    try {
      entry.onDue();
    } catch (error) {
      this.#onError(error);
    }
  }

  #ticksUntilNow(): number {
    return Math.floor((this.#clock.monotonicMs() - this.#startMs) / tickMs);
  }
}

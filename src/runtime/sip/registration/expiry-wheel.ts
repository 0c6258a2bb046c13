/**
 * Finds what is due without a timer for each: keys lie in one slot per second. Putting a due time off costs nothing, since a key that
 * comes up early is simply put into the slot of its new time.
 */
export class ExpiryWheel {
  readonly #slots = new Map<number, string[]>();
  /** The last second whose slot was emptied. */
  #done: number;

  constructor(nowMs: number) {
    this.#done = Math.floor(nowMs / 1000);
  }

  /** Has the key come up at `dueMs` or within the second after it. */
  add(key: string, dueMs: number): void {
    const second = Math.max(Math.ceil(dueMs / 1000), this.#done + 1);
    const slot = this.#slots.get(second);
    if (slot === undefined) this.#slots.set(second, [key]);
    else slot.push(key);
  }

  /** The keys whose time has come, each as often as it was added. */
  due(nowMs: number): readonly string[] {
    const now = Math.floor(nowMs / 1000);
    const found: string[] = [];
    // After a long stop there are fewer slots than seconds.
    if (now - this.#done > this.#slots.size) {
      for (const second of [...this.#slots.keys()]) if (second <= now) this.#take(second, found);
    } else for (let second = this.#done + 1; second <= now; second += 1) this.#take(second, found);
    this.#done = Math.max(this.#done, now);
    return found;
  }

  #take(second: number, into: string[]): void {
    for (const key of this.#slots.get(second) ?? []) into.push(key);
    this.#slots.delete(second);
  }
}

import type { Clock } from '../../platform/clock.js';

/** What is under way, so that a stop can wait for it. */
export class InFlight<Item extends object> {
  readonly #items = new Set<Item>();
  #onEmpty: (() => void) | undefined;

  begin(item: Item): void {
    this.#items.add(item);
  }

  /** Ending what never began does nothing. */
  end(item: Item): void {
    if (this.#items.delete(item) && this.#items.size === 0) this.#onEmpty?.();
  }

  /** Resolves when nothing is under way, or after `limitMs`. */
  async drained(clock: Clock, limitMs: number): Promise<void> {
    if (this.#items.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = clock.after(limitMs, resolve);
      this.#onEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

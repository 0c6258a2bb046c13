import type { DriverEvent } from './driver.js';

const mostWaiting = 1000;

/** Events from several sources for one reader; what it does not read in time is told as one event. */
export class EventQueue {
  readonly #waiting: DriverEvent[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(event: DriverEvent): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push(event);
    else this.#waiting.splice(0, Infinity, { node: event.node, type: 'stream', reason: 'too many events' });
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Gives events in their order until the queue ended. */
  async *read(): AsyncGenerator<DriverEvent, undefined> {
    for (;;) {
      yield* this.#waiting.splice(0);
      if (this.#ended) return;
      if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Something with bytes that wait to be written. */
export interface Flushable {
  /** Must not throw. */
  flush(): void;
}

/** Writes of one turn of the event loop put together: each connection is flushed once, after the turn's input was read. */
export class WriteBatch {
  #waiting: Flushable[] = [];
  readonly #run = () => {
    const due = this.#waiting;
    this.#waiting = [];
    for (const one of due) one.flush();
  };

  /** Flushes at the end of this turn; call it once per turn and connection. */
  add(one: Flushable): void {
    this.#waiting.push(one);
    if (this.#waiting.length === 1) setImmediate(this.#run);
  }
}

type ClosedListener = (reason: string) => void;

/** The life of a hop: open until it is closed once, with a reason that every listener is told. */
export class HopLife {
  #reason: string | undefined;
  readonly #listeners = new Set<ClosedListener>();
  readonly #onFault: (error: unknown) => void;

  /** What a listener throws is given to `onFault`. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  get isOpen(): boolean {
    return this.#reason === undefined;
  }

  /** As `Hop.onClosed`. */
  onClosed(listener: ClosedListener): () => void {
    if (this.#reason !== undefined) {
      listener(this.#reason);
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** False when it was closed before. */
  close(reason: string): boolean {
    if (this.#reason !== undefined) return false;
    this.#reason = reason;
    for (const listener of this.#listeners) {
      try {
        listener(reason);
      } catch (error) {
        this.#onFault(error);
      }
    }
    this.#listeners.clear();
    return true;
  }
}

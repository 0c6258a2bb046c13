/** Whether a node serves, and why not; tells each change. */
export class Readiness {
  #isStarted = false;
  #wasReady = false;

  /** `obstacles` gives what is in the way now, the most telling first. */
  constructor(
    private readonly obstacles: () => readonly (string | undefined)[],
    private readonly onChange: (isReady: boolean) => void,
  ) {}

  /** Undefined when the node is ready. */
  get reason(): string | undefined {
    if (!this.#isStarted) return 'the node is starting or stopping';
    return this.obstacles().find((obstacle) => obstacle !== undefined);
  }

  /** Says that every part runs, or that they are being stopped. */
  mark(isStarted: boolean): void {
    this.#isStarted = isStarted;
    this.look();
  }

  /** Something changed that may decide whether the node is ready. */
  look(): void {
    const isReady = this.reason === undefined;
    if (isReady === this.#wasReady) return;
    this.#wasReady = isReady;
    this.onChange(isReady);
  }
}

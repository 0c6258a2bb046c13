/** A part that listens, dials or runs timers. */
export interface Service {
  readonly name: string;
  /** Ready to serve when it resolves; on failure it has freed what it took. */
  start(): Promise<void>;
  /** Stops taking new work, lets what is in flight end within its limits, and frees everything. */
  stop(): Promise<void>;
}

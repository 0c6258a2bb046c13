/** A message must be whole so long after its first bytes. */
const wholeMessageMs = 30_000;
/** A client must have sent something whole so long after its handshake. */
const firstMessageMs = 60_000;

/** How long a connection may take to say something; all times are monotonic. */
export class Patience {
  #activeAtMs: number;
  #isProven = false;
  #partialSinceMs: number | undefined;

  constructor(nowMs: number) {
    this.#activeAtMs = nowMs;
  }

  /** Some bytes came. */
  bytesCame(nowMs: number): void {
    this.#partialSinceMs ??= nowMs;
  }

  /** A message or keepalive came to its end. */
  wholeCame(nowMs: number): void {
    this.#activeAtMs = nowMs;
    this.#isProven = true;
    this.#partialSinceMs = undefined;
  }

  /** What it is out of patience for; without an idle limit it may be idle for ever. */
  isOver(nowMs: number, idleLimitMs: number | undefined): 'slow-message' | 'idle' | undefined {
    if (this.#partialSinceMs !== undefined && nowMs - this.#partialSinceMs > wholeMessageMs) return 'slow-message';
    if (idleLimitMs === undefined) return undefined;
    const limitMs = this.#isProven ? idleLimitMs : Math.min(idleLimitMs, firstMessageMs);
    return nowMs - this.#activeAtMs > limitMs ? 'idle' : undefined;
  }
}

import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Hop } from '../hop.js';
import { bindingRequest } from '../stun/stun-message.js';

const transactionIdBytes = 12;

interface Pending {
  readonly hop: Hop;
  readonly transactionId: Buffer;
  readonly timer: Timer;
  /** The connection serves the question alone. */
  readonly isApart: boolean;
}

/** A STUN keepalive that waits for its answer; one at a time. */
export class StunQuestion {
  readonly #clock: Clock;
  readonly #onMissed: () => void;
  #pending: Pending | undefined;
  /** A connection is being opened for the question; another object once that is not wanted any more. */
  #opening: object | undefined;

  /** `onMissed` is told when no answer came in time. */
  constructor(clock: Clock, onMissed: () => void) {
    this.#clock = clock;
    this.#onMissed = onMissed;
  }

  get isPending(): boolean {
    return this.#pending !== undefined || this.#opening !== undefined;
  }

  ask(hop: Hop, timeoutMs: number): void {
    if (!this.isPending) this.#send(hop, timeoutMs, false);
  }

  /**
   * Asks over a connection that is opened for it and closed afterwards. A server that knows no STUN on streams takes a
   * question for the beginning of the next SIP message, and would spoil that. A server that ends the connection over
   * it gives no answer either.
   */
  async askApart(open: () => Promise<Hop>, timeoutMs: number): Promise<void> {
    if (this.isPending) return;
    const opening = {};
    this.#opening = opening;
    const hop = await open().catch(() => undefined);
    if (this.#opening !== opening) {
      hop?.close('the question is not asked any more');
      return;
    }
    this.#opening = undefined;
    if (hop === undefined) return;
    this.#send(hop, timeoutMs, true);
    hop.onClosed(() => this.#pending?.hop === hop && this.#expire());
  }

  /** Whether this is the answer that was waited for; an answer by another way is none. */
  takes(hop: Hop, transactionId: Buffer): boolean {
    const pending = this.#pending;
    if (pending?.hop !== hop || !pending.transactionId.equals(transactionId)) return false;
    this.drop();
    return true;
  }

  /** Waits no longer. */
  drop(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#opening = undefined;
    pending?.timer.cancel();
    if (pending?.isApart === true) pending.hop.close('the question is over');
  }

  #send(hop: Hop, timeoutMs: number, isApart: boolean): void {
    const transactionId = randomBytes(transactionIdBytes);
    if (!hop.send(bindingRequest(transactionId))) return;
    const timer = this.#clock.after(timeoutMs, () => this.#expire(), { idle: true });
    this.#pending = { hop, transactionId, timer, isApart };
  }

  #expire(): void {
    this.drop();
    this.#onMissed();
  }
}

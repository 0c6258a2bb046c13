import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Hop } from '../hop.js';
import { bindingRequest } from '../stun/stun-message.js';

const transactionIdBytes = 12;

interface Pending {
  readonly hop: Hop;
  readonly transactionId: Buffer;
  readonly timer: Timer;
}

/** A STUN keepalive that waits for its answer; one at a time. */
export class StunQuestion {
  readonly #clock: Clock;
  readonly #onMissed: () => void;
  #pending: Pending | undefined;

  /** `onMissed` is told when no answer came in time. */
  constructor(clock: Clock, onMissed: () => void) {
    this.#clock = clock;
    this.#onMissed = onMissed;
  }

  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  ask(hop: Hop, timeoutMs: number): void {
    const transactionId = randomBytes(transactionIdBytes);
    if (this.isPending || !hop.send(bindingRequest(transactionId))) return;
    this.#pending = { hop, transactionId, timer: this.#clock.after(timeoutMs, () => this.#expire(), { idle: true }) };
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
    this.#pending?.timer.cancel();
    this.#pending = undefined;
  }

  #expire(): void {
    this.#pending = undefined;
    this.#onMissed();
  }
}

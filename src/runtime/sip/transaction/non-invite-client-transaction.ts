import type { SipMessage } from '../message/sip-message.js';
import { ClientTransaction } from './client-transaction.js';
import { transactionLifetimeMs } from './sip-timers.js';

/** RFC 3261 section 17.1.2. */
export class NonInviteClientTransaction extends ClientTransaction {
  #bytes: Buffer | undefined = undefined;
  #retransmitMs = 0;
  #remainingMs = 0;
  #isProceeding = false;

  onResponse(response: SipMessage): void {
    if (this.isFinal) return;
    if (response.statusCode < 200) {
      this.#isProceeding = true;
      this.user.onResponse(response, this);
      return;
    }
    this.becomeFinal();
    if (this.hop.isReliable) this.end();
    else {
      this.#bytes = undefined;
      this.context.wheel.schedule(this, this.timers.t4Ms);
    }
    this.user.onResponse(response, this);
  }

  onDue(): void {
    if (this.isFinal) {
      this.end();
      return;
    }
    this.#remainingMs -= this.#retransmitMs;
    if (this.#remainingMs <= 0) {
      this.fail('timeout');
      return;
    }
    if (this.#bytes !== undefined) this.hop.send(this.#bytes);
    this.#wait(this.#isProceeding ? this.timers.t2Ms : Math.min(this.#retransmitMs * 2, this.timers.t2Ms));
  }

  protected onStarted(bytes: Buffer): void {
    this.#remainingMs = transactionLifetimeMs(this.timers);
    if (!this.hop.isReliable) this.#bytes = bytes;
    this.#wait(this.hop.isReliable ? this.#remainingMs : this.timers.t1Ms);
  }

  #wait(delayMs: number): void {
    this.#retransmitMs = Math.min(delayMs, this.#remainingMs);
    this.context.wheel.schedule(this, this.#retransmitMs);
  }
}

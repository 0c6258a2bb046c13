import type { SipMessage } from '../message/sip-message.js';
import { ServerTransaction } from './server-transaction.js';
import { transactionLifetimeMs } from './sip-timers.js';

/** RFC 3261 section 17.2.1 with the Accepted state of RFC 6026. */
export class InviteServerTransaction extends ServerTransaction {
  #state: 'proceeding' | 'accepted' | 'completed' | 'confirmed' = 'proceeding';
  #lastBytes: Buffer | undefined = undefined;
  #retransmitMs = 0;
  #remainingMs = 0;

  /** Whether a 2xx went back, so that an ACK belongs to the other end. */
  get isAccepted(): boolean {
    return this.#state === 'accepted';
  }

  onRetransmission(): void {
    const repeats = this.#state === 'proceeding' || this.#state === 'completed';
    if (repeats && this.#lastBytes !== undefined) this.send(this.#lastBytes);
  }

  respond(response: SipMessage): boolean {
    if (this.hasEnded) return false;
    const { statusCode } = response;
    const isSuccess = statusCode >= 200 && statusCode < 300;
    // Each 2xx of each fork, and each of its repetitions, goes back.
    if (this.#state !== 'proceeding' && !(this.#state === 'accepted' && isSuccess)) return false;
    const bytes = response.toBytes();
    this.send(bytes);
    if (this.#state === 'accepted') return true;
    this.lastStatus = statusCode;
    if (isSuccess) this.#accept();
    else this.#keep(bytes, statusCode);
    return true;
  }

  /** The ACK of what we or the next hop refused. */
  onAck(): void {
    if (this.#state !== 'completed') return;
    this.#state = 'confirmed';
    this.#lastBytes = undefined;
    if (this.replyHop.isReliable) this.end();
    else this.context.wheel.schedule(this, this.timers.t4Ms);
  }

  onDue(): void {
    if (this.#state !== 'completed') {
      this.end();
      return;
    }
    this.#remainingMs -= this.#retransmitMs;
    if (this.#remainingMs <= 0 || this.#lastBytes === undefined) {
      this.end();
      return;
    }
    this.send(this.#lastBytes);
    this.#wait(Math.min(this.#retransmitMs * 2, this.timers.t2Ms));
  }

  #accept(): void {
    this.#state = 'accepted';
    this.#lastBytes = undefined;
    this.context.wheel.schedule(this, transactionLifetimeMs(this.timers));
  }

  #keep(bytes: Buffer, statusCode: number): void {
    this.#lastBytes = bytes;
    if (statusCode < 200) return;
    this.#state = 'completed';
    this.#remainingMs = transactionLifetimeMs(this.timers);
    this.#wait(this.replyHop.isReliable ? this.#remainingMs : this.timers.t1Ms);
  }

  #wait(delayMs: number): void {
    this.#retransmitMs = Math.min(delayMs, this.#remainingMs);
    this.context.wheel.schedule(this, this.#retransmitMs);
  }
}

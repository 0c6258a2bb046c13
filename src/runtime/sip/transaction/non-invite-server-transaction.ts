import type { Hop } from '../hop.js';
import { newResponse } from '../message/new-message.js';
import type { SipMessage } from '../message/sip-message.js';
import { ServerTransaction, type ServerTransactionHome } from './server-transaction.js';
import { quietAnswerMs, transactionLifetimeMs } from './sip-timers.js';
import type { TransactionContext } from './transaction-context.js';

/** RFC 3261 section 17.2.2, with the 100 of RFC 4320 after some seconds without an answer. */
export class NonInviteServerTransaction extends ServerTransaction {
  #lastBytes: Buffer | undefined = undefined;

  constructor(key: string, request: SipMessage, from: Hop, home: ServerTransactionHome, context: TransactionContext) {
    super(key, request, from, home, context);
    context.wheel.schedule(this, quietAnswerMs(this.timers));
  }

  onRetransmission(): void {
    if (this.#lastBytes !== undefined) this.send(this.#lastBytes);
  }

  respond(response: SipMessage): boolean {
    if (this.isAnswered || this.hasEnded) return false;
    const { statusCode } = response;
    this.lastStatus = statusCode;
    const bytes = response.toBytes();
    this.send(bytes);
    const { isReliable } = this.replyHop;
    if (!isReliable) this.#lastBytes = bytes;
    if (statusCode >= 200) this.#leaveAfter(isReliable ? 0 : transactionLifetimeMs(this.timers));
    return true;
  }

  onDue(): void {
    if (this.isAnswered) this.end();
    else if (this.lastStatus === 0) this.respond(newResponse(this.request, 100));
  }

  #leaveAfter(delayMs: number): void {
    if (delayMs === 0) this.end();
    else this.context.wheel.schedule(this, delayMs);
  }
}

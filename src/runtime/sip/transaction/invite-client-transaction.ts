import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import { ClientTransaction, type ClientTransactionHome, type ClientTransactionUser } from './client-transaction.js';
import { acknowledge, cancellation } from './invite-requests.js';
import { NonInviteClientTransaction } from './non-invite-client-transaction.js';
import { transactionLifetimeMs } from './sip-timers.js';
import type { TransactionContext } from './transaction-context.js';

const nobody: ClientTransactionUser = { onResponse: () => undefined, onFailed: () => undefined };

/** RFC 3261 section 17.1.1 with the Accepted state of RFC 6026, timer C of section 16.6 and the CANCEL of section 9.1. */
export class InviteClientTransaction extends ClientTransaction {
  #state: 'calling' | 'proceeding' | 'completed' | 'accepted' = 'calling';
  #cancel: 'no' | 'wanted' | 'sent' = 'no';
  #cancelReason: string | undefined = undefined;
  #cancelTransaction: NonInviteClientTransaction | undefined = undefined;
  #rangTooLong = false;
  #bytes: Buffer | undefined = undefined;
  #ackBytes: Buffer | undefined = undefined;
  #retransmitMs = 0;
  #remainingMs = 0;
  readonly #request: SipMessage;
  readonly #home: ClientTransactionHome;

  constructor(
    branch: string,
    request: SipMessage,
    hop: Hop,
    user: ClientTransactionUser,
    home: ClientTransactionHome,
    context: TransactionContext,
  ) {
    super(branch, request.method, hop, user, home, context);
    this.#request = request;
    this.#home = home;
  }

  /** The CANCEL of this INVITE, which shares its branch. */
  get cancelTransaction(): ClientTransaction | undefined {
    return this.#cancelTransaction;
  }

  onResponse(response: SipMessage): void {
    const { statusCode } = response;
    if (this.#state === 'completed') {
      if (statusCode >= 300 && this.#ackBytes !== undefined) this.hop.send(this.#ackBytes);
    } else if (this.#state === 'accepted') {
      if (statusCode >= 200 && statusCode < 300) this.user.onResponse(response, this);
    } else if (statusCode < 200) this.#onProvisional(response);
    else if (statusCode < 300) this.#onSuccess(response);
    else this.#onRefusal(response);
  }

  /** Cancels as soon as a provisional response allows it; does nothing after a final one. */
  cancel(reason?: string): void {
    if (this.isFinal || this.#cancel !== 'no') return;
    this.#cancel = 'wanted';
    this.#cancelReason = reason;
    if (this.#state === 'proceeding') this.#sendCancel();
  }

  onDue(): void {
    if (this.isFinal) this.end();
    else if (this.#state === 'calling') this.#onCallingDue();
    else if (this.#cancel === 'sent') this.fail(this.#rangTooLong ? 'rang-too-long' : 'timeout');
    else {
      this.#rangTooLong = true;
      this.cancel('SIP;cause=408');
    }
  }

  override end(): void {
    super.end();
    this.#cancelTransaction?.end();
  }

  protected onStarted(bytes: Buffer): void {
    this.#remainingMs = transactionLifetimeMs(this.timers);
    if (!this.hop.isReliable) this.#bytes = bytes;
    this.#wait(this.hop.isReliable ? this.#remainingMs : this.timers.t1Ms);
  }

  #onCallingDue(): void {
    this.#remainingMs -= this.#retransmitMs;
    if (this.#remainingMs <= 0) {
      this.fail('timeout');
      return;
    }
    if (this.#bytes !== undefined) this.hop.send(this.#bytes);
    this.#wait(this.#retransmitMs * 2);
  }

  #onProvisional(response: SipMessage): void {
    const isFirst = this.#state === 'calling';
    this.#state = 'proceeding';
    this.#bytes = undefined;
    const renewsTimerC = response.statusCode > 100 && this.#cancel !== 'sent';
    if (isFirst || renewsTimerC) this.context.wheel.schedule(this, this.timers.timerCMs);
    if (this.#cancel === 'wanted') this.#sendCancel();
    this.user.onResponse(response, this);
  }

  #onSuccess(response: SipMessage): void {
    this.#state = 'accepted';
    this.#settle(transactionLifetimeMs(this.timers));
    this.user.onResponse(response, this);
  }

  #onRefusal(response: SipMessage): void {
    this.#state = 'completed';
    const bytes = acknowledge(this.#request, response).toBytes();
    this.hop.send(bytes);
    this.#settle(this.hop.isReliable ? 0 : transactionLifetimeMs(this.timers));
    if (!this.hop.isReliable) this.#ackBytes = bytes;
    if (this.#rangTooLong && response.statusCode === 487) this.user.onFailed('rang-too-long', this);
    else this.user.onResponse(response, this);
  }

  #settle(lingerMs: number): void {
    this.becomeFinal();
    this.#bytes = undefined;
    if (lingerMs === 0) this.end();
    else this.context.wheel.schedule(this, lingerMs);
  }

  #sendCancel(): void {
    this.#cancel = 'sent';
    const request = cancellation(this.#request, this.#cancelReason);
    const home = { add: () => undefined, remove: () => undefined };
    const { branch, hop, context } = this;
    this.#cancelTransaction = new NonInviteClientTransaction(branch, 'CANCEL', hop, nobody, home, context);
    this.#cancelTransaction.start(request.toBytes());
    // Section 9.1: an INVITE that is cancelled and not answered is over after 64 times T1.
    this.context.wheel.schedule(this, transactionLifetimeMs(this.timers));
  }

  #wait(delayMs: number): void {
    this.#retransmitMs = Math.min(delayMs, this.#remainingMs);
    this.context.wheel.schedule(this, this.#retransmitMs);
  }
}

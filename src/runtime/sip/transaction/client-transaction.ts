import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { HopWatcher } from './hop-watch.js';
import type { SipTimers } from './sip-timers.js';
import { WheelEntry } from './timer-wheel.js';
import type { TransactionContext } from './transaction-context.js';

/** Why a request that was sent gets no answer. */
export type ClientFailure = 'timeout' | 'hop-lost' | 'rang-too-long';

/** Who sent the request. */
export interface ClientTransactionUser {
  /** What decided the way of the request, when it was not our own. */
  readonly arrival?: { readonly requestUri: string; readonly routes: string };
  /** Each response that is not a repetition; of an INVITE every 2xx, repeated ones too. */
  onResponse(response: SipMessage, transaction: ClientTransaction): void;
  /** Told once, and never after a final response. */
  onFailed(failure: ClientFailure, transaction: ClientTransaction): void;
}

/** Where a client transaction is kept while it can be matched. */
export interface ClientTransactionHome {
  add(transaction: ClientTransaction): void;
  remove(transaction: ClientTransaction): void;
}

/** A request that we sent, until no answer to it can come any more; RFC 3261 section 17.1. */
export abstract class ClientTransaction extends WheelEntry implements HopWatcher {
  readonly branch: string;
  readonly method: string;
  readonly hop: Hop;
  protected readonly context: TransactionContext;
  protected readonly timers: SipTimers;
  readonly user: ClientTransactionUser;
  readonly #home: ClientTransactionHome;
  #ended = false;
  #isFinal = false;

  constructor(
    branch: string,
    method: string,
    hop: Hop,
    user: ClientTransactionUser,
    home: ClientTransactionHome,
    context: TransactionContext,
  ) {
    super();
    this.branch = branch;
    this.method = method;
    this.hop = hop;
    this.user = user;
    this.#home = home;
    this.context = context;
    this.timers = context.timers();
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Whether a final response came. */
  get isFinal(): boolean {
    return this.#isFinal;
  }

  /** Sends the request; false, and nothing begun, when the hop does not take it. */
  start(bytes: Buffer): boolean {
    if (!this.hop.isOpen || !this.hop.send(bytes)) return false;
    this.#home.add(this);
    this.context.hops.add(this.hop, this);
    this.onStarted(bytes);
    return true;
  }

  abstract onResponse(response: SipMessage): void;

  onHopLost(): void {
    this.fail('hop-lost');
  }

  /** Leaves without telling anybody. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.context.wheel.cancel(this);
    this.context.hops.remove(this.hop, this);
    this.#home.remove(this);
  }

  protected abstract onStarted(bytes: Buffer): void;

  protected becomeFinal(): void {
    this.#isFinal = true;
  }

  protected fail(failure: ClientFailure): void {
    if (this.#ended) return;
    this.end();
    if (!this.#isFinal) this.user.onFailed(failure, this);
  }
}

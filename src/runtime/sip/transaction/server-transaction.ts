import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { SipTimers } from './sip-timers.js';
import { WheelEntry } from './timer-wheel.js';
import type { TransactionContext } from './transaction-context.js';

/** Where a server transaction is kept while it can be matched. */
export interface ServerTransactionHome {
  remove(transaction: ServerTransaction): void;
}

/** Who decides about the request. */
export interface ServerTransactionOwner {
  cancel(reason?: string): void;
  /** Everything that was begun for it ends without a word. */
  end(): void;
}

/** A request that came to us, from its arrival until its answer needs no repeating; RFC 3261 section 17.2. */
export abstract class ServerTransaction extends WheelEntry {
  readonly request: SipMessage;
  /** Where the request came from; counts against its limits. */
  readonly from: Hop;
  readonly key: string;
  /** Another transaction whose key is equal by chance or malice. */
  sameKey: ServerTransaction | undefined = undefined;
  owner: ServerTransactionOwner | undefined = undefined;
  /** Statuses below 200 leave it open. */
  lastStatus = 0;
  protected readonly context: TransactionContext;
  protected readonly timers: SipTimers;
  readonly #home: ServerTransactionHome;
  #replyHop: Hop;
  #ended = false;

  constructor(key: string, request: SipMessage, from: Hop, home: ServerTransactionHome, context: TransactionContext) {
    super();
    this.key = key;
    this.request = request;
    this.from = from;
    this.#replyHop = from;
    this.#home = home;
    this.context = context;
    this.timers = context.timers();
  }

  get replyHop(): Hop {
    return this.#replyHop;
  }

  get isAnswered(): boolean {
    return this.lastStatus >= 200;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** The transport says that the same request came again. */
  abstract onRetransmission(): void;

  /** Sends a response as the state allows; one that comes too late is dropped, and false the answer. */
  abstract respond(response: SipMessage): boolean;

  answerOn(hop: Hop): void {
    this.#replyHop = hop;
  }

  /** Leaves without a further answer. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.context.wheel.cancel(this);
    this.#home.remove(this);
  }

  protected send(bytes: Buffer): void {
    this.#replyHop.send(bytes);
  }
}

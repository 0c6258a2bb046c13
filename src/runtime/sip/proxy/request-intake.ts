import type { Hop } from '../hop.js';
import { newResponse } from '../message/new-message.js';
import type { SipMessage } from '../message/sip-message.js';
import { InviteServerTransaction } from '../transaction/invite-server-transaction.js';
import { NonInviteServerTransaction } from '../transaction/non-invite-server-transaction.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { transactionKey } from '../transaction/transaction-key.js';
import { AckForwarder } from './ack-forwarder.js';
import { isLoop, type RoutingFields, routingFields } from './loop-check.js';
import type { ProxyContext } from './proxy-context.js';
import { ProxyExchange } from './proxy-exchange.js';
import type { ProxyRole, RouteDecision } from './proxy-role.js';
import { checkRequest } from './request-check.js';
import { RouteWait } from './route-wait.js';
import { stampSource } from './source-stamp.js';

/** Sorts requests: repetitions, ACK, CANCEL, and what begins a transaction (RFC 3261 sections 16.3 to 16.5). */
export class RequestIntake<Note> {
  readonly #role: ProxyRole<Note>;
  readonly #context: ProxyContext;
  readonly #acks: AckForwarder<Note>;
  #refusedCount = 0;

  constructor(role: ProxyRole<Note>, context: ProxyContext) {
    this.#role = role;
    this.#context = context;
    this.#acks = new AckForwarder(role, context);
  }

  get refusedCount(): number {
    return this.#refusedCount;
  }

  receive(request: SipMessage, from: Hop): void {
    const known = this.#context.table.server(request, from);
    if (request.method === 'ACK') this.#onAck(request, from, known);
    else if (request.method === 'CANCEL') this.#onCancel(request, from, known);
    else if (known !== undefined) known.onRetransmission();
    else if (this.#isFull(from)) this.#refuse(request, from);
    else this.#begin(request, from);
  }

  #onAck(ack: SipMessage, from: Hop, known: ServerTransaction | undefined): void {
    if (known instanceof InviteServerTransaction && !known.isAccepted) known.onAck();
    else this.#acks.forward(ack, from);
  }

  /** Hop by hop: answered here, and repeated towards those who may still answer the INVITE (RFC 3261 section 16.10). */
  #onCancel(cancel: SipMessage, from: Hop, known: ServerTransaction | undefined): void {
    stampSource(cancel, from);
    this.#answerStateless(cancel, from, known instanceof InviteServerTransaction ? 200 : 481);
    known?.owner?.cancel(cancel.first('reason'));
  }

  #begin(request: SipMessage, from: Hop): void {
    const arrival = routingFields(request);
    const isGoingRound = isLoop(request, arrival, this.#context.branches.prefix, (branch) => this.#earlierPass(branch));
    const key = transactionKey(request);
    stampSource(request, from);
    const { table } = this.#context;
    const Transaction = request.method === 'INVITE' ? InviteServerTransaction : NonInviteServerTransaction;
    const transaction = new Transaction(key, request, from, table, this.#context);
    const reply = this.#role.replyHop?.(request, from);
    if (reply !== undefined) transaction.answerOn(reply);
    const exchange = new ProxyExchange(transaction, arrival, this.#role, this.#context);
    transaction.owner = exchange;
    table.addServer(transaction);
    const problem = isGoingRound ? { statusCode: 482 } : checkRequest(request);
    if (problem === undefined) this.#route(exchange, transaction);
    else exchange.reject(problem);
  }

  #route(exchange: ProxyExchange<Note>, transaction: ServerTransaction): void {
    const { request, from } = transaction;
    let decision: RouteDecision<Note> | Promise<RouteDecision<Note>>;
    try {
      decision = this.#role.route(request, from);
    } catch (error) {
      this.#onRouteFailed(error, exchange);
      return;
    }
    if (decision instanceof Promise) {
      const wait = new RouteWait(() => exchange.reject({ statusCode: 503 }), this.#context);
      decision
        .then(
          (late) => this.#follow(late, exchange, transaction),
          (error: unknown) => this.#onRouteFailed(error, exchange),
        )
        .catch(this.#context.onError)
        .finally(() => wait.end());
    } else this.#follow(decision, exchange, transaction);
    this.#sayTrying(transaction);
  }

  #follow(decision: RouteDecision<Note>, exchange: ProxyExchange<Note>, transaction: ServerTransaction): void {
    if (decision.type === 'drop') transaction.end();
    else if (decision.type === 'reject') exchange.reject(decision);
    else exchange.forward(decision);
  }

  /** An INVITE that is not answered on the spot gets its 100 at once, well within the 200 ms of section 17.2.1. */
  #sayTrying(transaction: ServerTransaction): void {
    const isQuiet = transaction.request.method === 'INVITE' && transaction.lastStatus === 0 && !transaction.hasEnded;
    if (isQuiet) transaction.respond(newResponse(transaction.request, 100));
  }

  #onRouteFailed(error: unknown, exchange: ProxyExchange<Note>): void {
    this.#context.onError(error);
    exchange.reject({ statusCode: 500 });
  }

  #earlierPass(branch: string): RoutingFields | undefined {
    return this.#context.table.clientByBranch(branch)?.user.arrival;
  }

  #isFull(from: Hop): boolean {
    const { table, settings } = this.#context;
    if (table.serverCount + table.clientCount >= settings().maximumTransactions) return true;
    const limit = this.#role.pendingLimit?.(from);
    return limit !== undefined && table.countOf(from) >= limit;
  }

  #refuse(request: SipMessage, from: Hop): void {
    this.#refusedCount += 1;
    stampSource(request, from);
    const headers = [['Retry-After', String(this.#context.settings().retryAfterSeconds)]] as const;
    this.#answerStateless(request, from, 503, headers);
  }

  #answerStateless(
    request: SipMessage,
    from: Hop,
    statusCode: number,
    headers: readonly (readonly [string, string])[] = [],
  ): void {
    from.send(newResponse(request, statusCode, { headers, toTag: this.#context.branches.tag() }).toBytes());
  }
}

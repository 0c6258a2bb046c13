import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { ClientTransaction, ClientTransactionHome } from './client-transaction.js';
import { InviteClientTransaction } from './invite-client-transaction.js';
import type { ServerTransaction, ServerTransactionHome } from './server-transaction.js';
import { transactionKey } from './transaction-key.js';

/** Emptied when its transaction is over: a Map keeps what it held in tables that it has outgrown until a full collection. */
interface Held<T> {
  transaction: T | undefined;
}

/** Finds the transaction that a message belongs to. */
export class TransactionTable implements ServerTransactionHome {
  readonly #servers = new Map<string, Held<ServerTransaction>>();
  readonly #clients = new Map<string, Held<ClientTransaction>>();
  readonly #serversByHop = new Map<Hop, number>();
  #serverCount = 0;

  get serverCount(): number {
    return this.#serverCount;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** How many server transactions a hop has. */
  countOf(hop: Hop): number {
    return this.#serversByHop.get(hop) ?? 0;
  }

  /** RFC 3261 section 17.2.3; an ACK or CANCEL finds its INVITE. */
  server(request: SipMessage, from: Hop): ServerTransaction | undefined {
    let transaction = this.#servers.get(transactionKey(request))?.transaction;
    while (transaction !== undefined && !isSame(transaction, request, from)) transaction = transaction.sameKey;
    return transaction;
  }

  /** RFC 3261 section 17.1.3; nobody answers for another address. */
  client(response: SipMessage, from: Hop): ClientTransaction | undefined {
    const branch = response.topVia?.branch;
    const found = branch === undefined ? undefined : this.#clients.get(branch)?.transaction;
    if (found === undefined || (found.hop !== from && found.hop.remoteAddress !== from.remoteAddress)) return undefined;
    if (found.method === response.cseqMethod) return found;
    const isOfCancel = response.cseqMethod === 'CANCEL' && found instanceof InviteClientTransaction;
    return isOfCancel ? found.cancelTransaction : undefined;
  }

  clientByBranch(branch: string): ClientTransaction | undefined {
    return this.#clients.get(branch)?.transaction;
  }

  addServer(transaction: ServerTransaction): void {
    const { key, from } = transaction;
    const held = this.#servers.get(key);
    transaction.sameKey = held?.transaction;
    if (held === undefined) this.#servers.set(key, { transaction });
    else held.transaction = transaction;
    this.#serverCount += 1;
    this.#serversByHop.set(from, this.countOf(from) + 1);
  }

  remove(transaction: ServerTransaction): void {
    this.#unlink(transaction);
    this.#serverCount -= 1;
    const left = this.countOf(transaction.from) - 1;
    if (left > 0) this.#serversByHop.set(transaction.from, left);
    else this.#serversByHop.delete(transaction.from);
  }

  /** Where client transactions report. */
  readonly clients: ClientTransactionHome = {
    add: (transaction) => void this.#clients.set(transaction.branch, { transaction }),
    remove: ({ branch }) => {
      const held = this.#clients.get(branch);
      if (held !== undefined) held.transaction = undefined;
      this.#clients.delete(branch);
    },
  };

  /** Ends everything without a word. */
  stop(): void {
    for (const { transaction } of [...this.#clients.values()]) transaction?.end();
    for (const { transaction: first } of [...this.#servers.values()]) {
      for (let one: ServerTransaction | undefined = first; one !== undefined; one = one.sameKey) {
        one.owner?.end();
        one.end();
      }
    }
  }

  #unlink(transaction: ServerTransaction): void {
    const held = this.#servers.get(transaction.key);
    if (held?.transaction === transaction) {
      held.transaction = transaction.sameKey;
      if (transaction.sameKey === undefined) this.#servers.delete(transaction.key);
      return;
    }
    let before = held?.transaction;
    while (before !== undefined && before.sameKey !== transaction) before = before.sameKey;
    if (before !== undefined) before.sameKey = transaction.sameKey;
  }
}

function isSame(transaction: ServerTransaction, request: SipMessage, from: Hop): boolean {
  if (transaction.from !== from && transaction.from.remoteAddress !== from.remoteAddress) return false;
  const { method } = transaction.request;
  const isCompanion = method === 'INVITE' && (request.method === 'ACK' || request.method === 'CANCEL');
  if (method !== request.method && !isCompanion) return false;
  const mine = transaction.request.topVia;
  const theirs = request.topVia;
  return mine?.host === theirs?.host && mine?.port === theirs?.port;
}

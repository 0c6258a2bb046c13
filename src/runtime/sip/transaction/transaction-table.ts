import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { ClientTransaction, ClientTransactionHome } from './client-transaction.js';
import { InviteClientTransaction } from './invite-client-transaction.js';
import type { ServerTransaction, ServerTransactionHome } from './server-transaction.js';
import { transactionKey } from './transaction-key.js';

/** Finds the transaction that a message belongs to. */
export class TransactionTable implements ServerTransactionHome {
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #clients = new Map<string, ClientTransaction>();
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
    let transaction = this.#servers.get(transactionKey(request));
    while (transaction !== undefined && !isSame(transaction, request, from)) transaction = transaction.sameKey;
    return transaction;
  }

  /** RFC 3261 section 17.1.3; nobody answers for another address. */
  client(response: SipMessage, from: Hop): ClientTransaction | undefined {
    const branch = response.topVia?.branch;
    const found = branch === undefined ? undefined : this.#clients.get(branch);
    if (found === undefined || (found.hop !== from && found.hop.remoteAddress !== from.remoteAddress)) return undefined;
    if (found.method === response.cseqMethod) return found;
    const isOfCancel = response.cseqMethod === 'CANCEL' && found instanceof InviteClientTransaction;
    return isOfCancel ? found.cancelTransaction : undefined;
  }

  clientByBranch(branch: string): ClientTransaction | undefined {
    return this.#clients.get(branch);
  }

  addServer(transaction: ServerTransaction): void {
    const { key, from } = transaction;
    transaction.sameKey = this.#servers.get(key);
    this.#servers.set(key, transaction);
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
    add: (transaction) => void this.#clients.set(transaction.branch, transaction),
    remove: (transaction) => void this.#clients.delete(transaction.branch),
  };

  /** Ends everything without a word. */
  stop(): void {
    for (const transaction of [...this.#clients.values()]) transaction.end();
    for (const first of [...this.#servers.values()]) {
      for (let one: ServerTransaction | undefined = first; one !== undefined; one = one.sameKey) {
        one.owner?.end();
        one.end();
      }
    }
  }

  #unlink(transaction: ServerTransaction): void {
    const first = this.#servers.get(transaction.key);
    if (first === transaction) {
      if (transaction.sameKey === undefined) this.#servers.delete(transaction.key);
      else this.#servers.set(transaction.key, transaction.sameKey);
      return;
    }
    let before = first;
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

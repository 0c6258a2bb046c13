import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import { DialogTable, type DialogWatcher } from '../dialog/dialog-table.js';
import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import { BranchMaker } from '../transaction/branch-maker.js';
import type { ClientTransaction, ClientTransactionUser } from '../transaction/client-transaction.js';
import { HopWatch } from '../transaction/hop-watch.js';
import { NonInviteClientTransaction } from '../transaction/non-invite-client-transaction.js';
import { TimerWheel } from '../transaction/timer-wheel.js';
import { TransactionTable } from '../transaction/transaction-table.js';
import { pushVia } from './forwarder.js';
import type { ProxyContext } from './proxy-context.js';
import type { ProxyRole } from './proxy-role.js';
import { defaultProxySettings, type ProxySettings } from './proxy-settings.js';
import { RequestIntake } from './request-intake.js';

export interface ProxyEngineOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings?: ProxySettings;
  /** Hears about calls. */
  readonly dialogWatcher?: DialogWatcher;
}

/** Counts of one engine; the first three are of this moment, the others since its start. */
export interface ProxyStats {
  readonly serverTransactions: number;
  readonly clientTransactions: number;
  readonly dialogs: number;
  /** Responses that belong to no transaction, and are dropped. */
  readonly strayResponses: number;
  /** Requests refused with 503 because a bound was reached. */
  readonly refusedRequests: number;
  /** Failures of our own or of the role that cost a message or a report; there should be none. */
  readonly failures: number;
}

/** A transaction-stateful SIP proxy (RFC 3261 section 16) whose role decides where requests go. */
export class ProxyEngine<Note = undefined> {
  readonly dialogs: DialogTable;
  readonly #wheel: TimerWheel;
  readonly #hops: HopWatch;
  readonly #table = new TransactionTable();
  readonly #context: ProxyContext;
  readonly #intake: RequestIntake<Note>;
  #settings: ProxySettings;
  #strayResponses = 0;
  #failures = 0;
  #isStopped = false;

  constructor(role: ProxyRole<Note>, options: ProxyEngineOptions) {
    this.#settings = options.settings ?? defaultProxySettings;
    const onError = (error: unknown) => this.#onFailure(error);
    this.#wheel = new TimerWheel(options.clock, onError);
    this.#hops = new HopWatch(onError);
    this.dialogs = new DialogTable({
      clock: options.clock,
      wheel: this.#wheel,
      hops: this.#hops,
      watcher: options.dialogWatcher,
      onError,
    });
    this.#context = {
      wheel: this.#wheel,
      hops: this.#hops,
      table: this.#table,
      branches: new BranchMaker(),
      dialogs: this.dialogs,
      log: options.log,
      onError,
      timers: () => this.#settings.timers,
      settings: () => this.#settings,
      sentBy: (to) => role.sentBy(to),
    };
    this.#intake = new RequestIntake(role, this.#context);
  }

  /** Takes one message that came over a hop; never throws. After `stop` it is dropped. */
  receive(message: SipMessage, from: Hop): void {
    if (this.#isStopped) return;
    try {
      if (message.isRequest) this.#intake.receive(message, from);
      else this.#onResponse(message, from);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** Sends a request of our own, other than INVITE, with our Via on top; false when the hop does not take it. */
  send(request: SipMessage, hop: Hop, user: ClientTransactionUser): boolean {
    const branch = this.#context.branches.next();
    pushVia(request, hop, this.#context.sentBy(hop), branch);
    const { method } = request;
    return new NonInviteClientTransaction(branch, method, hop, user, this.#table.clients, this.#context).start(
      request.toBytes(),
    );
  }

  /** New bounds and timers, for transactions that start from now on. */
  configure(settings: ProxySettings): void {
    this.#settings = settings;
  }

  stats(): ProxyStats {
    return {
      serverTransactions: this.#table.serverCount,
      clientTransactions: this.#table.clientCount,
      dialogs: this.dialogs.size,
      strayResponses: this.#strayResponses,
      refusedRequests: this.#intake.refusedCount,
      failures: this.#failures,
    };
  }

  /** Forgets everything at once and answers nobody; hops stay open. */
  stop(): void {
    this.#isStopped = true;
    this.#table.stop();
    this.dialogs.stop();
    this.#wheel.stop();
    this.#hops.stop();
  }

  #onFailure(error: unknown): void {
    this.#failures += 1;
    this.#context.log.error({ err: error }, 'something failed in the proxy');
  }

  #onResponse(response: SipMessage, from: Hop): void {
    const transaction: ClientTransaction | undefined = this.#table.client(response, from);
    if (transaction === undefined) this.#strayResponses += 1;
    else transaction.onResponse(response);
  }
}

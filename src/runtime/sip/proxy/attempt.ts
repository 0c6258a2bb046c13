import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { ClientFailure, ClientTransaction, ClientTransactionUser } from '../transaction/client-transaction.js';
import { InviteClientTransaction } from '../transaction/invite-client-transaction.js';
import { NonInviteClientTransaction } from '../transaction/non-invite-client-transaction.js';
import { transactionLifetimeMs } from '../transaction/sip-timers.js';
import { WheelEntry } from '../transaction/timer-wheel.js';
import { copyForward } from './forwarder.js';
import type { RoutingFields } from './loop-check.js';
import type { ProxyContext } from './proxy-context.js';
import type { Candidate, ForwardDecision } from './proxy-role.js';

/** Why an attempt ended without a final response. */
export type AttemptFailure = ClientFailure | 'unreachable' | 'cancelled';

/** Who tries candidates. */
export interface AttemptOwner {
  readonly request: SipMessage;
  readonly decision: Pick<ForwardDecision<unknown>, 'recordRoute'>;
  readonly arrival: RoutingFields;
  onAnswer(response: SipMessage, attempt: Attempt): void;
  /** Told once, and never after a final response. */
  onAttemptFailed(failure: AttemptFailure, attempt: Attempt): void;
  /** The candidate's time to answer is over; it goes on. */
  onSlow(attempt: Attempt): void;
}

/** One candidate tried: its hop opened, its copy sent, its answers awaited. */
export class Attempt extends WheelEntry implements ClientTransactionUser {
  readonly candidate: Candidate;
  readonly #owner: AttemptOwner;
  readonly #context: ProxyContext;
  #transaction: ClientTransaction | undefined = undefined;
  #isSlow = false;
  #isOver = false;

  constructor(candidate: Candidate, owner: AttemptOwner, context: ProxyContext) {
    super();
    this.candidate = candidate;
    this.#owner = owner;
    this.#context = context;
  }

  get arrival(): RoutingFields {
    return this.#owner.arrival;
  }

  get hop(): Hop | undefined {
    return this.#transaction?.hop;
  }

  begin(): void {
    const { hop, answerWithinMs } = this.candidate;
    if (answerWithinMs !== undefined) this.#context.wheel.schedule(this, answerWithinMs);
    if (typeof hop !== 'function') {
      this.#send(hop);
      return;
    }
    if (answerWithinMs === undefined) this.#context.wheel.schedule(this, this.#openingLimitMs());
    this.#open(hop).catch(this.#context.onError);
  }

  /** A CANCEL where something was sent, the end where nothing was. */
  cancel(reason?: string): void {
    if (this.#transaction instanceof InviteClientTransaction) this.#transaction.cancel(reason);
    else if (this.#transaction === undefined) this.#fail('cancelled');
  }

  /** Waits for nothing any more and tells nobody. */
  end(): void {
    this.#isOver = true;
    this.#context.wheel.cancel(this);
    this.#transaction?.end();
  }

  onResponse(response: SipMessage): void {
    if (response.statusCode >= 200 || response.method === 'INVITE') this.#context.wheel.cancel(this);
    this.#owner.onAnswer(response, this);
  }

  onFailed(failure: ClientFailure): void {
    this.#fail(failure);
  }

  onDue(): void {
    if (this.#isOver) return;
    if (this.#isSlow || this.candidate.answerWithinMs === undefined) {
      this.#fail('unreachable');
      return;
    }
    this.#isSlow = true;
    if (this.#transaction === undefined) this.#context.wheel.schedule(this, this.#openingLimitMs());
    this.#owner.onSlow(this);
  }

  async #open(open: () => Promise<Hop>): Promise<void> {
    const hop = await open().catch((error: unknown) => this.#onTrouble(error));
    if (!this.#isOver && hop !== undefined) this.#send(hop);
  }

  #send(hop: Hop): void {
    if (this.#isSlow || this.candidate.answerWithinMs === undefined) this.#context.wheel.cancel(this);
    try {
      const transaction = this.#newTransaction(hop);
      this.#transaction = transaction.client;
      if (!transaction.client.start(transaction.copy.toBytes())) this.#fail('unreachable');
    } catch (error) {
      this.#onTrouble(error);
    }
  }

  #newTransaction(hop: Hop): { readonly client: ClientTransaction; readonly copy: SipMessage } {
    const { table, branches, sentBy } = this.#context;
    const { request, decision } = this.#owner;
    const branch = branches.next();
    const copy = copyForward({ request, decision, candidate: this.candidate, hop, sentBy: sentBy(hop), branch });
    const client =
      request.method === 'INVITE'
        ? new InviteClientTransaction(branch, copy, hop, this, table.clients, this.#context)
        : new NonInviteClientTransaction(branch, request.method, hop, this, table.clients, this.#context);
    return { client, copy };
  }

  #onTrouble(error: unknown): undefined {
    this.#context.log.debug({ candidate: this.candidate.label, error: String(error) }, 'a candidate cannot be reached');
    this.#fail('unreachable');
  }

  #fail(failure: AttemptFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#context.wheel.cancel(this);
    this.#owner.onAttemptFailed(failure, this);
  }

  #openingLimitMs(): number {
    return transactionLifetimeMs(this.#context.timers());
  }
}

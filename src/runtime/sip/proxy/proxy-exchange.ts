import type { Hop } from '../hop.js';
import { splitList } from '../message/list-value.js';
import type { SipMessage } from '../message/sip-message.js';
import type { HopWatcher } from '../transaction/hop-watch.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { Attempt, type AttemptFailure, type AttemptOwner } from './attempt.js';
import { BestResponse } from './best-response.js';
import { delimit } from './forwarder.js';
import type { RoutingFields } from './loop-check.js';
import { failureAnswer, ownResponse } from './own-response.js';
import type { ProxyContext } from './proxy-context.js';
import type {
  Candidate,
  CandidateFailure,
  Exchange,
  ForwardDecision,
  ProxyRole,
  Rejection,
  ResponseOrigin,
} from './proxy-role.js';

const ourselves: ResponseOrigin = { candidate: undefined, hop: undefined };

/** The response context of one request (RFC 3261 section 16): its candidates in turn, and the answer that goes back. */
export class ProxyExchange<Note> implements Exchange<Note>, AttemptOwner, HopWatcher {
  readonly arrival: RoutingFields;
  readonly #server: ServerTransaction;
  readonly #role: ProxyRole<Note>;
  readonly #context: ProxyContext;
  #decision: ForwardDecision<Note> = { type: 'forward', candidates: [] };
  #nextCandidate = 0;
  #live: readonly Attempt[] = [];
  readonly #best = new BestResponse();
  #lastFailure: AttemptFailure = 'unreachable';
  #isCancelled = false;
  /** A final answer is found, or 32 seconds are over: no further candidate is tried. */
  #isSettled = false;

  constructor(server: ServerTransaction, arrival: RoutingFields, role: ProxyRole<Note>, context: ProxyContext) {
    this.#server = server;
    this.arrival = arrival;
    this.#role = role;
    this.#context = context;
  }

  get request(): SipMessage {
    return this.#server.request;
  }

  get from(): Hop {
    return this.#server.from;
  }

  get note(): Note | undefined {
    return this.#decision.note;
  }

  get decision(): ForwardDecision<Note> {
    return this.#decision;
  }

  forward(decision: ForwardDecision<Note>): void {
    if (this.#server.isAnswered || this.#server.hasEnded) return;
    this.#decision = decision;
    this.#context.dialogs.onRequest(this.request, this.from);
    if (this.request.method === 'INVITE') this.#watchCaller();
    this.#goOn();
  }

  /** Answers by ourselves, unless somebody did. */
  reject(rejection: Rejection): void {
    if (this.#server.isAnswered) return;
    this.#answer(ownResponse(this.request, rejection, this.#context), ourselves);
    // Nothing is repeated over a connection, and the ACK is known by our tag: a flood of refused calls leaves nothing.
    if (this.#server.replyHop.isReliable) this.#server.end();
  }

  /** The client does not want an answer any more (section 16.10). */
  cancel(reason?: string): void {
    if (this.#server.isAnswered || this.#isCancelled) return;
    this.#isCancelled = true;
    this.#isSettled = true;
    if (this.#live.length === 0) this.reject({ statusCode: 487 });
    for (const attempt of this.#live) attempt.cancel(reason);
  }

  onHopLost(): void {
    const reply = this.#role.replyHop?.(this.request, this.from);
    if (reply === undefined) this.cancel('SIP;cause=503');
    else this.#server.answerOn(reply);
  }

  onAnswer(response: SipMessage, attempt: Attempt): void {
    const { statusCode } = response;
    if (statusCode < 200) {
      if (statusCode > 100 && !this.#server.isAnswered) this.#passBack(response, attempt);
    } else if (statusCode < 300) this.#onSuccess(response, attempt);
    else this.#onRefusal(response, attempt);
  }

  onAttemptFailed(failure: AttemptFailure, attempt: Attempt): void {
    this.#leave(attempt);
    this.#lastFailure = failure;
    // By now the client of a request other than INVITE has given up as well (RFC 4320).
    if (failure === 'timeout' && this.request.method !== 'INVITE') this.#isSettled = true;
    if (failure === 'rang-too-long') this.#isSettled = true;
    if (failure !== 'cancelled') this.#report(failure === 'rang-too-long' ? 'timeout' : failure, attempt);
    this.#goOn();
  }

  onSlow(): void {
    if (!this.#isSettled) this.#tryNext();
  }

  /** What still runs is told by nobody any more. */
  end(): void {
    for (const attempt of this.#live) attempt.end();
    this.#live = [];
    this.#context.hops.remove(this.from, this);
  }

  #onSuccess(response: SipMessage, attempt: Attempt): void {
    this.#isSettled = true;
    this.#leave(attempt);
    this.#passBack(response, attempt);
    this.#giveUpOthers();
    this.#goOn();
  }

  #onRefusal(response: SipMessage, attempt: Attempt): void {
    this.#leave(attempt);
    this.#best.add(response, attempt);
    const isFailure = this.#decision.isFailure?.(response) ?? response.statusCode === 503;
    if (isFailure) this.#report('unavailable', attempt);
    else {
      this.#isSettled = true;
      this.#giveUpOthers();
    }
    this.#goOn();
  }

  /** A call that another way may still answer is cancelled there and waited for; anything else is forgotten. */
  #giveUpOthers(): void {
    for (const attempt of this.#live) {
      if (this.request.method === 'INVITE') attempt.cancel();
      else {
        attempt.end();
        this.#leave(attempt);
      }
    }
  }

  #goOn(): void {
    if (this.#live.length > 0) return;
    if (this.#isSettled || !this.#tryNext()) this.#finish();
  }

  #tryNext(): boolean {
    const candidate = this.#decision.candidates[this.#nextCandidate];
    if (candidate === undefined) return false;
    this.#nextCandidate += 1;
    const attempt = new Attempt(candidate, this, this.#context);
    this.#live = [...this.#live, attempt];
    attempt.begin();
    return true;
  }

  #finish(): void {
    this.#context.hops.remove(this.from, this);
    if (this.#server.isAnswered || this.#server.hasEnded) return;
    const best = this.#best.choose();
    if (best !== undefined) this.#passBack(best.response, best.origin);
    else if (this.#isCancelled) this.reject({ statusCode: 487 });
    else this.#answerFailure();
  }

  #answerFailure(): void {
    const rejection = failureAnswer(this.request.method, this.#lastFailure, this.#decision, this.#context);
    if (rejection !== undefined) {
      this.reject(rejection);
      return;
    }
    this.#context.dialogs.onNoAnswer(this.request);
    this.#server.end();
  }

  #passBack(response: SipMessage, origin: ResponseOrigin): void {
    response.removeFirstValue('via');
    // Somebody beyond took the way back off the response.
    if (!response.has('via')) {
      if (response.statusCode >= 200) this.reject({ statusCode: 502 });
      return;
    }
    delimit(response, this.#server.replyHop);
    this.#answer(response, origin);
  }

  #answer(response: SipMessage, origin: ResponseOrigin): void {
    if (response.statusCode >= 200)
      this.#context.dialogs.onFinal(
        this.request,
        response,
        origin.hop,
        origin.candidate ? this.#ownRoutes(origin.candidate) : 0,
      );
    try {
      this.#role.onResponse?.(response, this, origin);
    } catch (error) {
      this.#context.onError(error);
    }
    this.#server.respond(response);
  }

  #watchCaller(): void {
    this.#context.hops.add(this.from, this);
    if (!this.from.isOpen) this.onHopLost();
  }

  #ownRoutes(candidate: Candidate): number {
    const recordRoute = candidate.recordRoute ?? this.#decision.recordRoute;
    return recordRoute === undefined ? 0 : splitList(recordRoute).length;
  }

  #leave(attempt: Attempt): void {
    this.#live = this.#live.filter((one) => one !== attempt);
  }

  #report(failure: CandidateFailure, { candidate }: Attempt): void {
    try {
      this.#role.onCandidateFailed?.(candidate, failure, this);
    } catch (error) {
      this.#context.onError(error);
    }
  }
}

import type { Clock } from '../../src/platform/clock.js';
import { defaultMessageLimits } from '../../src/runtime/sip/message/message-limits.js';
import { newRequest, newResponse } from '../../src/runtime/sip/message/new-message.js';
import { parseNameAddr } from '../../src/runtime/sip/message/name-addr.js';
import { parseSipMessage } from '../../src/runtime/sip/message/parse-sip-message.js';
import type { SipMessage } from '../../src/runtime/sip/message/sip-message.js';
import { HopWatch } from '../../src/runtime/sip/transaction/hop-watch.js';
import { InviteClientTransaction } from '../../src/runtime/sip/transaction/invite-client-transaction.js';
import { InviteServerTransaction } from '../../src/runtime/sip/transaction/invite-server-transaction.js';
import { NonInviteClientTransaction } from '../../src/runtime/sip/transaction/non-invite-client-transaction.js';
import { NonInviteServerTransaction } from '../../src/runtime/sip/transaction/non-invite-server-transaction.js';
import { defaultSipTimers } from '../../src/runtime/sip/transaction/sip-timers.js';
import { TimerWheel } from '../../src/runtime/sip/transaction/timer-wheel.js';
import { transactionKey } from '../../src/runtime/sip/transaction/transaction-key.js';
import { TransactionTable } from '../../src/runtime/sip/transaction/transaction-table.js';
import type { MemoryHop } from './memory-network.js';

/** What a callee does with a call. */
export type Manners = 'answers' | 'is busy' | 'lets it ring';

/** The proxies give up before the phone does. */
const patientTimers = { ...defaultSipTimers, timerCMs: 600_000 };

function rethrow(error: unknown): never {
  throw error;
}

type Header = readonly [string, string];

interface PendingAnswer {
  readonly stop: () => void;
}

/** A phone on a network that may lose everything: calls, is called, hangs up. */
export class UserAgent {
  readonly name: string;
  /** How each call that this phone made went: a status, or `timeout`; and how its BYE went. */
  readonly outcomes = new Map<string, string[]>();
  manners: Manners = 'answers';
  readonly #hop: MemoryHop;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #hops = new HopWatch(rethrow);
  readonly #table = new TransactionTable();
  readonly #answers = new Map<string, PendingAnswer>();
  #branchCount = 0;

  constructor(name: string, hop: MemoryHop, clock: Clock) {
    this.name = name;
    this.#hop = hop;
    this.#clock = clock;
    this.#wheel = new TimerWheel(clock, rethrow);
    hop.onBytes = (bytes) => this.#receive(parseSipMessage(bytes, defaultMessageLimits));
  }

  get open(): readonly number[] {
    return [this.#table.serverCount, this.#table.clientCount, this.#answers.size];
  }

  /** Calls, talks for some seconds, and hangs up; or cancels after some time. */
  call(
    callId: string,
    to: string,
    options: { talkMs: number; cancelAfterMs?: number; routes?: readonly string[] },
  ): void {
    const routes = (options.routes ?? []).map((route): Header => ['route', route]);
    const contact: Header = ['contact', `<sip:${this.name}@${this.name}.invalid>`];
    const invite = this.#request('INVITE', to, [...routes, ...this.#ids(callId, 1, 'INVITE'), contact]);
    const log = (line: string) => this.outcomes.set(callId, [...(this.outcomes.get(callId) ?? []), line]);
    const transaction = new InviteClientTransaction(
      invite.topVia?.branch ?? '',
      invite,
      this.#hop,
      {
        onResponse: (response) => {
          if (response.statusCode < 200) return;
          if (response.statusCode < 300) this.#onAnswered(response, callId, options.talkMs, log);
          else log(String(response.statusCode));
        },
        onFailed: (failure) => log(failure),
      },
      this.#table.clients,
      this.#context,
    );
    transaction.start(invite.toBytes());
    if (options.cancelAfterMs !== undefined) this.#clock.after(options.cancelAfterMs, () => transaction.cancel());
  }

  get #context() {
    return { wheel: this.#wheel, hops: this.#hops, timers: () => patientTimers };
  }

  #onAnswered(response: SipMessage, callId: string, talkMs: number, log: (line: string) => void): void {
    this.#hop.send(this.#inDialog('ACK', 1, response).toBytes());
    if (this.outcomes.has(callId)) return;
    log(String(response.statusCode));
    this.#clock.after(talkMs, () => this.#hangUp(response, log));
  }

  #hangUp(response: SipMessage, log: (line: string) => void): void {
    const bye = this.#inDialog('BYE', 2, response);
    const user = {
      onResponse: ({ statusCode }: SipMessage) => (statusCode >= 200 ? log(`BYE ${statusCode}`) : undefined),
      onFailed: (failure: string) => log(`BYE ${failure}`),
    };
    const { branch } = bye.topVia ?? { branch: '' };
    new NonInviteClientTransaction(branch, 'BYE', this.#hop, user, this.#table.clients, this.#context).start(
      bye.toBytes(),
    );
  }

  #receive(message: SipMessage): void {
    if (!message.isRequest) this.#table.client(message, this.#hop)?.onResponse(message);
    else this.#onRequest(message);
  }

  #onRequest(request: SipMessage): void {
    const known = this.#table.server(request, this.#hop);
    if (request.method === 'ACK') {
      if (known instanceof InviteServerTransaction) known.onAck();
      this.#answers.get(request.callId)?.stop();
    } else if (request.method === 'CANCEL') this.#onCancel(request, known);
    else if (known !== undefined) known.onRetransmission();
    else if (request.method === 'INVITE') this.#onInvite(request);
    else this.#onOther(request);
  }

  #onOther(request: SipMessage): void {
    const transaction = new NonInviteServerTransaction(
      transactionKey(request),
      request,
      this.#hop,
      this.#table,
      this.#context,
    );
    this.#table.addServer(transaction);
    this.#answers.get(request.callId)?.stop();
    transaction.respond(newResponse(request, 200, { toTag: this.name }));
  }

  #onCancel(cancel: SipMessage, known: unknown): void {
    this.#hop.send(newResponse(cancel, known === undefined ? 481 : 200, { toTag: this.name }).toBytes());
    if (known instanceof InviteServerTransaction) known.respond(newResponse(known.request, 487, { toTag: this.name }));
  }

  #onInvite(invite: SipMessage): void {
    const transaction = new InviteServerTransaction(
      transactionKey(invite),
      invite,
      this.#hop,
      this.#table,
      this.#context,
    );
    this.#table.addServer(transaction);
    const say = (status: number) =>
      transaction.respond(newResponse(invite, status, { toTag: this.name, headers: this.#answerFields(invite) }));
    if (this.manners === 'is busy') {
      say(486);
      return;
    }
    say(180);
    if (this.manners === 'answers') this.#clock.after(800, () => this.#answer(invite, say));
  }

  #answerFields(invite: SipMessage): readonly Header[] {
    return [
      ...invite.values('record-route').map((value): Header => ['record-route', value]),
      ['contact', `<sip:${this.name}@${this.name}.invalid>`],
      ['session-expires', '90;refresher=uac'],
    ];
  }

  /** Says 200 again and again until the ACK comes (RFC 3261 section 13.3.1.4). */
  #answer(invite: SipMessage, say: (status: number) => boolean): void {
    let delayMs = 500;
    let remainingMs = 32_000;
    const again = () => {
      remainingMs -= delayMs;
      delayMs = Math.min(delayMs * 2, 4_000);
      if (remainingMs > 0 && say(200)) timer = this.#clock.after(delayMs, again);
      else this.#answers.delete(invite.callId);
    };
    if (!say(200)) return;
    let timer = this.#clock.after(delayMs, again);
    const stop = () => {
      timer.cancel();
      this.#answers.delete(invite.callId);
    };
    this.#answers.set(invite.callId, { stop });
  }

  #inDialog(method: string, cseq: number, response: SipMessage): SipMessage {
    const routes = response
      .values('record-route')
      .toReversed()
      .map((value): Header => ['route', value]);
    const contact = parseNameAddr(response.values('contact')[0] ?? '')?.uri ?? 'sip:nobody@invalid';
    const ids = this.#ids(response.callId, cseq, method, response.first('to'));
    return this.#request(method, contact, [...routes, ...ids]);
  }

  #ids(callId: string, cseq: number, method: string, to = '<sip:other@example.com>'): readonly Header[] {
    return [
      ['from', `<sip:${this.name}@example.com>;tag=${this.name}`],
      ['to', to],
      ['call-id', callId],
      ['cseq', `${cseq} ${method}`],
    ];
  }

  #request(method: string, uri: string, headers: readonly Header[]): SipMessage {
    this.#branchCount += 1;
    const via = `SIP/2.0/${this.#hop.protocol} ${this.name}.invalid;branch=z9hG4bK${this.name}${this.#branchCount}`;
    return newRequest(method, uri, [['via', via], ['max-forwards', '70'], ...headers]);
  }
}

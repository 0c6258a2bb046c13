import { newCallId, newTag } from '../agent/identifiers.js';
import type { Transactions } from '../agent/transactions.js';
import type { Flow } from '../flow/flow.js';
import type { SipField, SipRequest, SipResponse } from '../wire/sip-message.js';
import type { PhoneOptions } from './phone-options.js';
import { authorizationFor, registerRequest } from './register-request.js';

/** Sends the REGISTERs of one phone, which all have one Call-ID, and answers their challenges. */
export class Registrant {
  readonly #options: PhoneOptions;
  readonly #transactions: Transactions;
  readonly #timeoutMs: number;
  readonly #callId: string;
  readonly #fromTag = newTag();
  #cseq = 100;
  #authorization: SipField | undefined;

  constructor(options: PhoneOptions, transactions: Transactions, timeoutMs: number) {
    this.#options = options;
    this.#transactions = transactions;
    this.#timeoutMs = timeoutMs;
    this.#callId = newCallId(options.device.toLowerCase());
  }

  /** The final answer, after one challenge at most; undefined when there is none. */
  async register(flow: Flow, routes: readonly string[], expiresSeconds: number): Promise<SipResponse | undefined> {
    const first = await this.#ask(flow, routes, expiresSeconds);
    if (first?.status !== 401 && first?.status !== 407) return first;
    this.#authorization = authorizationFor(this.#options, first);
    return this.#authorization === undefined ? first : await this.#ask(flow, routes, expiresSeconds);
  }

  #ask(flow: Flow, routes: readonly string[], expiresSeconds: number): Promise<SipResponse | undefined> {
    this.#cseq += 1;
    const request = this.#request(flow, routes, expiresSeconds);
    return new Promise((resolve) => {
      this.#transactions.send({ flow, request, timeoutMs: this.#timeoutMs }, (response) => {
        if (response === undefined || response.status >= 200) resolve(response);
      });
    });
  }

  #request(flow: Flow, routes: readonly string[], expiresSeconds: number): SipRequest {
    const turn = { flow, routes, callId: this.#callId, fromTag: this.#fromTag, cseq: this.#cseq, expiresSeconds };
    const authorization = this.#authorization;
    return registerRequest(this.#options, authorization === undefined ? turn : { ...turn, authorization });
  }
}

import type { SipRequest } from '../wire/sip-message.js';
import { cseqOf, listOf } from '../wire/sip-message.js';

const mostAnswers = 20_000;

/** The last answer to each request that came over UDP, so that one sent again is not done again (RFC 3261, 17.2). */
export class AnswerMemory {
  readonly #answers = new Map<string, Buffer | undefined>();

  /** Undefined for a request that was never seen; it counts as seen from then on. */
  seen(request: SipRequest): { readonly answer: Buffer | undefined } | undefined {
    const key = keyOf(request);
    if (this.#answers.has(key)) return { answer: this.#answers.get(key) };
    this.#keep(key, undefined);
    return undefined;
  }

  answered(request: SipRequest, answer: Buffer): void {
    this.#keep(keyOf(request), answer);
  }

  #keep(key: string, answer: Buffer | undefined): void {
    this.#answers.set(key, answer);
    if (this.#answers.size <= mostAnswers) return;
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}

function keyOf(request: SipRequest): string {
  return `${listOf(request, 'Via')[0] ?? ''} ${cseqOf(request).number} ${request.method}`;
}

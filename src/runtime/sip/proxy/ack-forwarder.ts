import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import { copyForward } from './forwarder.js';
import type { ProxyContext } from './proxy-context.js';
import type { ForwardDecision, ProxyRole } from './proxy-role.js';
import { checkRequest } from './request-check.js';

/** Passes the ACK of a 2xx on from end to end: no state, and never an answer (RFC 3261 section 13.2.2.4). */
export class AckForwarder<Note> {
  readonly #role: ProxyRole<Note>;
  readonly #context: ProxyContext;

  constructor(role: ProxyRole<Note>, context: ProxyContext) {
    this.#role = role;
    this.#context = context;
  }

  forward(ack: SipMessage, from: Hop): void {
    // We keep no state of what we refuse ourselves over a connection; this is all that comes after it.
    if (this.#context.branches.isOwnTag(ack.toTag) || checkRequest(ack) !== undefined) return;
    const decision = this.#role.route(ack, from);
    if (decision instanceof Promise) {
      decision
        .then((late) => (late.type === 'forward' ? this.#send(ack, from, late) : undefined))
        .catch(this.#context.onError);
    } else if (decision.type === 'forward') void this.#send(ack, from, decision);
  }

  async #send(ack: SipMessage, from: Hop, decision: ForwardDecision<Note>): Promise<void> {
    for (const candidate of decision.candidates) {
      try {
        const hop = typeof candidate.hop === 'function' ? await candidate.hop() : candidate.hop;
        const { branches, sentBy, dialogs } = this.#context;
        const branch = branches.next();
        const copy = copyForward({ request: ack, decision, candidate, hop, sentBy: sentBy(hop), branch });
        dialogs.onRequest(ack, from);
        if (hop.send(copy.toBytes())) return;
      } catch (error) {
        this.#context.log.debug({ candidate: candidate.label, error: String(error) }, 'an ACK did not get through');
      }
    }
  }
}

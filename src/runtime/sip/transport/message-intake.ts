import type { Hop } from '../hop.js';
import type { MessageLimits } from '../message/message-limits.js';
import { newResponse } from '../message/new-message.js';
import { parseSipMessage } from '../message/parse-sip-message.js';
import { SipParseError } from '../message/sip-parse-error.js';
import type { TransportContext } from './transport-context.js';

/** Of the tag on To: the same in every answer to a retransmission (RFC 3261 section 8.2.7). */
const tagLength = 8;

/** Takes what a hop received to the sink, and answers by itself what is no proper SIP. */
export class MessageIntake {
  readonly #context: TransportContext;
  readonly #hop: Hop;
  readonly #limits: MessageLimits;

  constructor(context: TransportContext, hop: Hop, limits: MessageLimits) {
    this.#context = context;
    this.#hop = hop;
    this.#limits = limits;
  }

  /** False when the bytes are no proper SIP. */
  message(bytes: Buffer): boolean {
    const message = this.#parse(bytes);
    if (message instanceof SipParseError) {
      this.refuse(message);
      return false;
    }
    this.#context.sink.onMessage(message, this.#hop);
    return true;
  }

  stun(bytes: Buffer): void {
    this.#context.sink.onStun(bytes, this.#hop);
  }

  /** Answers a malformed request when enough of it could be read, and says that it came. */
  refuse({ request, status, message }: SipParseError): void {
    const { log, metrics, sink } = this.#context;
    const toTag = this.#hop.id.slice(0, tagLength);
    if (request !== undefined && status !== undefined) {
      this.#hop.send(newResponse(request, status, { toTag }).toBytes());
    }
    metrics.refusedMessages.inc({ answer: String(status ?? 'none') });
    log.debug({ address: this.#hop.remoteAddress, answer: status, reason: message }, 'a message was no proper SIP');
    sink.onRefused(this.#hop, status);
  }

  #parse(bytes: Buffer) {
    try {
      return parseSipMessage(bytes, this.#limits);
    } catch (error) {
      if (error instanceof SipParseError) return error;
      throw error;
    }
  }
}

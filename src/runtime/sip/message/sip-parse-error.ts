import type { SipMessage } from './sip-message.js';

/** Why bytes are no message that we take. */
export class SipParseError extends Error {
  override readonly name = 'SipParseError';
  /** What to answer; undefined when nothing can be answered: a response, an ACK, or no SIP at all. */
  readonly status: 400 | 505 | 513 | undefined;
  /** As much of the request as an answer needs: only fields that are well formed. */
  readonly request: SipMessage | undefined;

  constructor(message: string, status?: 400 | 505 | 513, request?: SipMessage) {
    super(message);
    this.status = status;
    this.request = request;
  }
}

import { parseDecimal } from './characters.js';
import type { HeaderField } from './header-field.js';
import { headerIds } from './header-names.js';
import type { SipMessage } from './sip-message.js';

const { from, to, callId, cseq, maxForwards, contentLength } = headerIds;
const singles = bit(from) | bit(to) | bit(callId) | bit(cseq) | bit(maxForwards) | bit(contentLength);

function bit(id: number): number {
  return id < 31 ? 1 << id : 0;
}

/** Says which of the fields that may stand only once stands more often; two readers could pick different ones. */
export function repeatedField(fields: readonly HeaderField[]): string | undefined {
  let seen = 0;
  for (const field of fields) {
    const own = bit(field.id) & singles;
    if ((seen & own) !== 0) return `${field.text.slice(field.start, field.nameEnd)} stands more than once`;
    seen |= own;
  }
  return undefined;
}

/** Says what a well-formed message lacks to be forwarded or answered (RFC 3261 sections 8.1.1 and 16.3). */
export function checkMessage(message: SipMessage): string | undefined {
  if (message.topVia === undefined) return 'Via is missing or malformed';
  if (message.callId === '') return 'Call-ID is missing';
  if (message.from === undefined) return 'From is missing or malformed';
  if (message.to === undefined) return 'To is missing or malformed';
  if (message.cseqNumber < 0) return 'CSeq is missing or malformed';
  if (message.isRequest && message.cseqMethod !== message.method) return 'CSeq names another method';
  const hops = message.first('max-forwards');
  if (hops !== undefined && parseDecimal(hops, 255) === undefined) return 'Max-Forwards is not a number up to 255';
  return undefined;
}

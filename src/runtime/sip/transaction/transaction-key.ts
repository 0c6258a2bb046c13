import type { SipMessage } from '../message/sip-message.js';
import { isUniqueBranch } from './branch-maker.js';

/** What a request and its repetitions have in common: the branch, or for RFC 2543 the fields of RFC 3261 section 17.2.3. */
export function transactionKey(request: SipMessage): string {
  const branch = request.topVia?.branch ?? '';
  if (isUniqueBranch(branch)) return branch;
  const { requestUri, fromTag, callId, cseqNumber } = request;
  // The To tag is left out: the ACK of a refusal carries ours, and the INVITE it belongs to does not.
  return [branch, requestUri, fromTag, callId, cseqNumber].join('\n');
}

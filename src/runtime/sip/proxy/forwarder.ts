import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import { writeVia } from '../message/via.js';
import type { Candidate, ForwardDecision } from './proxy-role.js';
import { yieldToStrictRouter } from './route-set.js';

const defaultMaxForwards = 70;

/** What the copy of a request for one candidate is made from. */
export interface Copying {
  readonly request: SipMessage;
  readonly decision: Pick<ForwardDecision<unknown>, 'recordRoute'>;
  readonly candidate: Candidate;
  readonly hop: Hop;
  readonly sentBy: string;
  readonly branch: string;
}

/** The copy that goes on, RFC 3261 section 16.6: fields that are nobody's business here keep their bytes. */
export function copyForward({ request, decision, candidate, hop, sentBy, branch }: Copying): SipMessage {
  const copy = request.clone();
  const { maxForwards } = request;
  copy.set('max-forwards', String(maxForwards === undefined ? defaultMaxForwards : maxForwards - 1));
  const recordRoute = candidate.recordRoute ?? decision.recordRoute;
  if (recordRoute !== undefined) copy.prepend('record-route', recordRoute);
  candidate.edit?.(copy);
  yieldToStrictRouter(copy);
  pushVia(copy, hop, sentBy, branch);
  delimit(copy, hop);
  return copy;
}

/** A datagram may leave Content-Length out, a stream may not (RFC 3261 section 16.6 step 9). */
export function delimit(message: SipMessage, hop: Hop): void {
  if (hop.isReliable && !message.has('content-length')) message.setBody(message.body);
}

/** Puts our Via on top. */
export function pushVia(request: SipMessage, hop: Hop, sentBy: string, branch: string): void {
  const via = writeVia(hop.protocol, sentBy, branch);
  // Port numbers change on the way of a datagram only; a connection is answered on itself.
  request.prepend('via', hop.isReliable ? via : `${via};rport`);
}

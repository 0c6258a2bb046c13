import { newRequest } from '../message/new-message.js';
import type { SipMessage } from '../message/sip-message.js';

type Header = readonly [string, string];

/** The ACK of a final response that is not a 2xx, RFC 3261 section 17.1.1.3. */
export function acknowledge(invite: SipMessage, response: SipMessage): SipMessage {
  return companion(invite, 'ACK', response.first('to') ?? invite.first('to'));
}

/** The CANCEL of a pending INVITE, RFC 3261 section 9.1. */
export function cancellation(invite: SipMessage, reason: string | undefined): SipMessage {
  const cancel = companion(invite, 'CANCEL', invite.first('to'));
  if (reason !== undefined) cancel.append('reason', reason);
  return cancel;
}

function companion(invite: SipMessage, method: string, to: string | undefined): SipMessage {
  const headers: Header[] = [];
  const topVia = invite.values('via')[0];
  if (topVia !== undefined) headers.push(['Via', topVia]);
  for (const route of invite.values('route')) headers.push(['Route', route]);
  headers.push(['Max-Forwards', '70']);
  pushField(headers, 'From', invite.first('from'));
  pushField(headers, 'To', to);
  headers.push(['Call-ID', invite.callId], ['CSeq', `${invite.cseqNumber} ${method}`]);
  return newRequest(method, invite.requestUri, headers);
}

function pushField(headers: Header[], name: string, value: string | undefined): void {
  if (value !== undefined) headers.push([name, value]);
}

import { headerParameters, hostText } from '../wire/sip-address.js';
import { type SipField, type SipRequest, type SipResponse, fieldsNamed, listOf } from '../wire/sip-message.js';
import type { Flow } from '../flow/flow.js';

const reasons: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  486: 'Busy Here',
  487: 'Request Terminated',
  500: 'Server Internal Error',
  503: 'Service Unavailable',
  603: 'Decline',
};

export interface AnswerOptions {
  readonly reason?: string;
  /** Put on To when that has no tag yet. */
  readonly toTag?: string;
  readonly fields?: readonly SipField[];
  readonly body?: string;
}

/** The topmost Via with `received` and `rport` as RFC 3261 (18.2.1) and RFC 3581 want them. */
function markedVias(request: SipRequest, flow: Flow): readonly SipField[] {
  const [top = '', ...others] = listOf(request, 'Via');
  const sentBy = /^\S+[ \t]+(\[[^\]]+\]|[^:;\s]+)/.exec(top)?.[1] ?? '';
  const wantsPort = headerParameters(top).has('rport');
  const moved = sentBy !== hostText(flow.remoteAddress) || wantsPort;
  const marked = top.replace(/;rport(?:=\d*)?(?=;|$)/i, wantsPort ? `;rport=${flow.remotePort}` : '');
  const value = moved ? `${marked};received=${flow.remoteAddress}` : marked;
  return [value, ...others].map((via) => ({ name: 'Via', value: via }));
}

function taggedTo(request: SipRequest, toTag: string | undefined): readonly SipField[] {
  return fieldsNamed(request, 'To').map(({ name, value }) => {
    const tagged = toTag === undefined || headerParameters(value).has('tag') ? value : `${value};tag=${toTag}`;
    return { name, value: tagged };
  });
}

/** The answer to a request that came over a flow. */
export function answerTo(request: SipRequest, flow: Flow, status: number, options: AnswerOptions = {}): SipResponse {
  return {
    type: 'response',
    status,
    reason: options.reason ?? reasons[status] ?? 'Answer',
    fields: [
      ...markedVias(request, flow),
      ...(status > 100 ? fieldsNamed(request, 'Record-Route') : []),
      ...fieldsNamed(request, 'From'),
      ...taggedTo(request, options.toTag),
      ...fieldsNamed(request, 'Call-ID', 'CSeq'),
      ...(options.fields ?? []),
    ],
    body: options.body ?? '',
  };
}

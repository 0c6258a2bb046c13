import type { FlowProtocol } from '../flow/flow.js';
import { readUri, uriIn } from '../wire/sip-address.js';
import { type SipRequest, listOf } from '../wire/sip-message.js';

/** Where a request goes next. */
export interface NextHop {
  readonly protocol: FlowProtocol;
  readonly host: string;
  readonly port: number;
}

/** The first Route, else the request URI, as RFC 3263 reads them without DNS; undefined when it is no SIP URI. */
export function nextHopOf(request: SipRequest): NextHop | undefined {
  const [route] = listOf(request, 'Route');
  const uri = readUri(route === undefined ? request.uri : uriIn(route));
  if (uri === undefined) return undefined;
  const transport = uri.parameters.get('transport')?.toUpperCase();
  const secure = uri.scheme === 'sips' || transport === 'TLS';
  const protocol = secure ? 'TLS' : transport === 'TCP' ? 'TCP' : 'UDP';
  return { protocol, host: uri.host, port: uri.port ?? (secure ? 5061 : 5060) };
}

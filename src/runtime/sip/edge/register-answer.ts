import type { SipMessage } from '../message/sip-message.js';
import { parseNameAddr } from '../message/name-addr.js';
import { parseSipUri } from '../message/sip-uri.js';

/** Says to a client that announced Cisco's `AR_SK` that its path supports adaptive routing and STUN keepalives. */
const supportsFailover = 'X-cisco-supports-AR_SK';
/** The text of the field is not published; 399 is the code for what software may show or heed (RFC 3261 section 20.43). */
const imbalanceText = 'Registration load is imbalanced';

/** The UC node that a core registered a device with, from the Service-Route it put into the 200. */
export function takeUcNode(response: SipMessage): string {
  const value = response.has('service-route') ? response.values('service-route')[0] : undefined;
  const uri = value === undefined ? undefined : parseSipUri(parseNameAddr(value)?.uri ?? '');
  return uri?.params.get('uc') ?? '';
}

/** Tells a registered client the way to take from now on (RFC 3608), and what the way supports. */
export function addressRegistered(
  response: SipMessage,
  serviceRoute: string,
  supports: { readonly failover: boolean; readonly imbalanceSeenBy: string | undefined },
): void {
  response.remove('service-route');
  response.append('service-route', serviceRoute);
  if (supports.failover && !response.values('supported').includes(supportsFailover)) {
    response.append('supported', supportsFailover);
  }
  if (supports.imbalanceSeenBy !== undefined) {
    response.append('warning', `399 ${supports.imbalanceSeenBy} "${imbalanceText}"`);
  }
}

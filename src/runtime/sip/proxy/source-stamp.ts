import { isIP } from 'node:net';
import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import { viaWithSource } from '../message/via.js';

/**
 * Notes in the topmost Via where a request really came from (RFC 3261 section 18.2.1, RFC 3581); a field that says so
 * already stays byte for byte.
 */
export function stampSource(request: SipMessage, from: Hop): void {
  const via = request.topVia;
  // Behind a link stands a node's name; received is an address by its grammar.
  if (via === undefined || isIP(from.remoteAddress) === 0) return;
  const { params, host } = via;
  const isTrue = host === from.remoteAddress && !params.has('rport') && !params.has('received');
  if (!isTrue) request.replaceFirstValue('via', viaWithSource(via, from.remoteAddress, from.remotePort));
}

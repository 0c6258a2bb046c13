import { bindingError, bindingMethod, bindingSuccess, parseStun } from '../stun/stun-message.js';
import type { Hop } from '../hop.js';

/** What is known of the way that a client's registration takes. */
export type PathState = 'alive' | 'dead' | 'unknown';

/** What a keepalive of a client gets. */
export type KeepaliveAnswer =
  | { readonly type: 'alive' | 'dead'; readonly bytes: Buffer }
  /** The state is not known, or it is no keepalive. */
  | { readonly type: 'silence' };

const silence: KeepaliveAnswer = { type: 'silence' };

/** Answers a STUN Binding request on a SIP connection (RFC 8489, RFC 5626 section 8) by the state of the registration's path. */
export function answerKeepalive(bytes: Buffer, { remoteAddress, remotePort }: Hop, path: PathState): KeepaliveAnswer {
  const request = parseStun(bytes);
  if (request?.class !== 'request' || request.method !== bindingMethod) return silence;
  if (request.unknownRequired.length > 0) {
    return { type: 'alive', bytes: bindingError(request, 420, 'Unknown Attribute') };
  }
  if (path === 'unknown') return silence;
  if (path === 'dead') return { type: 'dead', bytes: bindingError(request, 500, 'Registration path lost') };
  return { type: 'alive', bytes: bindingSuccess(request, remoteAddress, remotePort) };
}

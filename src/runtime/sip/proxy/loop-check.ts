import type { SipMessage } from '../message/sip-message.js';
import { parseVia } from '../message/via.js';

/** What decides where a request goes; when it comes back with the same, it would go round for ever (RFC 5393 section 4.2). */
export interface RoutingFields {
  readonly requestUri: string;
  readonly routes: string;
}

export function routingFields(request: SipMessage): RoutingFields {
  return { requestUri: request.requestUri, routes: request.has('route') ? request.values('route').join(',') : '' };
}

/**
 * Whether an earlier pass of this request through us was decided by the same fields: not a spiral but a loop. Passes
 * that are over are not remembered; Max-Forwards ends what goes round so slowly.
 */
export function isLoop(
  request: SipMessage,
  fields: RoutingFields,
  branchPrefix: string,
  earlierPass: (branch: string) => RoutingFields | undefined,
): boolean {
  const vias = request.values('via');
  for (const via of vias) {
    if (!via.includes(branchPrefix)) continue;
    const earlier = earlierPass(parseVia(via)?.branch ?? '');
    if (earlier?.requestUri === fields.requestUri && earlier.routes === fields.routes) return true;
  }
  return false;
}

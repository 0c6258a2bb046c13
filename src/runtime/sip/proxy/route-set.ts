import type { SipMessage } from '../message/sip-message.js';
import { parseNameAddr } from '../message/name-addr.js';
import { parseSipUri, type SipUri } from '../message/sip-uri.js';

/** The URI of the topmost Route value, if there is one that can be read. */
export function topRoute(request: SipMessage): SipUri | undefined {
  const value = request.has('route') ? request.values('route')[0] : undefined;
  const address = value === undefined ? undefined : parseNameAddr(value);
  return address === undefined ? undefined : parseSipUri(address.uri);
}

/**
 * Takes our own values off the top of the Route set and answers with the last one taken (RFC 3261 section 16.4): what
 * we wrote into it when we stayed in the path. A strict router's request, whose Request-URI is our own
 * Record-Route value, gets its Request-URI back first.
 */
export function takeOwnRoutes(request: SipMessage, isOwn: (uri: SipUri) => boolean): SipUri | undefined {
  let taken = undoStrictRouting(request, isOwn);
  for (let top = topRoute(request); top !== undefined && isOwn(top); top = topRoute(request)) {
    request.removeFirstValue('route');
    taken = top;
  }
  return taken;
}

/** Prepares a request for a next hop that routes strictly (RFC 3261 section 16.6 step 6). */
export function yieldToStrictRouter(request: SipMessage): void {
  const value = request.has('route') ? request.values('route')[0] : undefined;
  if (value === undefined) return;
  const address = parseNameAddr(value);
  const uri = address === undefined ? undefined : parseSipUri(address.uri);
  if (address === undefined || uri === undefined || uri.params.has('lr')) return;
  const target = request.requestUri;
  request.removeFirstValue('route');
  request.append('route', `<${target}>`);
  request.requestUri = address.uri;
}

function undoStrictRouting(request: SipMessage, isOwn: (uri: SipUri) => boolean): SipUri | undefined {
  if (!request.has('route')) return undefined;
  const uri = parseSipUri(request.requestUri);
  if (uri === undefined || !uri.params.has('lr') || !isOwn(uri)) return undefined;
  const routes = request.values('route');
  const last = parseNameAddr(routes.at(-1) ?? '');
  if (last === undefined) return undefined;
  request.requestUri = last.uri;
  request.remove('route');
  if (routes.length > 1) request.set('route', routes.slice(0, -1).join(', '));
  return uri;
}

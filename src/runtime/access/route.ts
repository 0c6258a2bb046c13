import { decodeSegment, type Target } from './path-segment.js';
import { type RequestPath, readRequestPath } from './request-path.js';

/** What a request target asks for. */
export type Route =
  | { readonly type: 'edge-config'; readonly domain: string; readonly query: string }
  | { readonly type: 'edge-sso'; readonly domain: string }
  | ({
      readonly type: 'forward';
      readonly domain: string;
      readonly target: Target;
      readonly segment: string;
    } & RequestPath)
  | { readonly type: 'unknown'; readonly domain: string }
  | { readonly type: 'malformed' };

const malformed: Route = { type: 'malformed' };

function routeToService(domain: string, service: string, query: string): Route {
  if (service === '/get_edge_config' || service === '/get_edge_config/') return { type: 'edge-config', domain, query };
  if (service === '/get_edge_sso' || service === '/get_edge_sso/') return { type: 'edge-sso', domain };
  return { type: 'unknown', domain };
}

/** Finds what a request target asks for; edge and core read it with the same eyes. */
export function routeOf(requestTarget: string): Route {
  const read = readRequestPath(requestTarget);
  if (read === undefined) return malformed;
  const slash = read.path.indexOf('/', 1);
  const segment = slash < 0 ? read.path.slice(1) : read.path.slice(1, slash);
  const decoded = decodeSegment(segment);
  if (decoded === undefined) return malformed;
  const path = slash < 0 ? '/' : read.path.slice(slash);
  const { domain, target } = decoded;
  if (target === undefined) return routeToService(domain, path, read.query);
  return { type: 'forward', domain, target, segment, path, query: read.query };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../platform/clock.js';
import { answerFields, fieldsToPassOn } from '../fields.js';
import { type RelayOutcome, relay } from '../relay.js';
import { hasBody, takeBody } from '../request-body.js';
import type { Route } from '../route.js';
import { originOf } from './allow-list.js';
import type { CoreSettings } from './core-settings.js';

type ForwardRoute = Extract<Route, { type: 'forward' }>;

const nothing: ReadonlySet<string> = new Set();

function attempt(
  request: IncomingMessage,
  response: ServerResponse,
  { target, path, query }: ForwardRoute,
  { http, upstreamFor }: CoreSettings,
  clock: Clock,
): Promise<RelayOutcome> {
  const body = hasBody(request) ? takeBody(request, http.maximumBodyBytes) : undefined;
  const silenceTimeoutMs = http.upstreamTimeoutSeconds * 1000;
  return relay(
    {
      dispatcher: upstreamFor(target).dispatcher,
      origin: originOf(target),
      method: request.method ?? '',
      path: `${path}${query}`,
      fields: fieldsToPassOn(request.rawHeaders, request.headers.connection, nothing),
      body,
      answerTimeoutMs: silenceTimeoutMs + (body === undefined ? 0 : http.requestTimeoutSeconds * 1000),
      silenceTimeoutMs,
      stallTimeoutMs: http.idleTimeoutSeconds * 1000,
      answerFields,
    },
    response,
    clock,
  );
}

/** A kept connection may have been closed by the server just as it was taken; asking once more is harmless then. */
function mayRepeat({ method }: IncomingMessage, outcome: RelayOutcome): boolean {
  if (outcome.type !== 'failed' || outcome.began || outcome.reason !== 'unreachable') return false;
  const code = 'code' in outcome.error ? outcome.error.code : undefined;
  return (method === 'GET' || method === 'HEAD') && (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET');
}

/** Has an allowed request answered by the server that it names. The user's credentials go on with it, the token does not. */
export async function forwardToServer(
  request: IncomingMessage,
  response: ServerResponse,
  route: ForwardRoute,
  settings: CoreSettings,
  clock: Clock,
): Promise<RelayOutcome> {
  const outcome = await attempt(request, response, route, settings, clock);
  if (!mayRepeat(request, outcome) || hasBody(request)) return outcome;
  return await attempt(request, response, route, settings, clock);
}

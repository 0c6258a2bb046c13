import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { HttpTransportSpec } from '../../../model/generated/kinds.js';
import type { Clock } from '../../../platform/clock.js';
import type { CoreLink } from '../../link-port.js';
import { scopeCookie } from '../cookies.js';
import { answerFields } from '../fields.js';
import { type RelayOutcome, relay } from '../relay.js';
import { hasBody, takeBody } from '../request-body.js';
import { type CorePools, coreOrigin } from './core-pools.js';

/** A request that may cross a link. */
export interface CoreRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly http: HttpTransportSpec;
  /** Fields for the core, internal ones included. */
  readonly fields: string[];
  /** The cores to try, best first. */
  readonly cores: readonly CoreLink[];
  /** First segment of the path, below which cookies of the server stay; undefined when the core itself answers. */
  readonly cookieSegment: string | undefined;
}

/** A core is given this much longer than a UC server, so that it is the core which says what happened. */
const coreMarginMs = 5000;
/** RFC 9110, 9.2.2. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

function scopedFields(headers: IncomingHttpHeaders, segment: string | undefined): OutgoingHttpHeaders {
  const fields = answerFields(headers);
  const cookies = fields['set-cookie'];
  if (cookies === undefined || segment === undefined) return fields;
  return { ...fields, 'set-cookie': [cookies].flat().flatMap((cookie) => scopeCookie(cookie, `/${segment}`) ?? []) };
}

function attempt(link: CoreLink, core: CoreRequest, pools: CorePools, clock: Clock): Promise<RelayOutcome> {
  const { request, response, http } = core;
  const body = hasBody(request) ? takeBody(request, http.maximumBodyBytes) : undefined;
  if (body !== undefined && request.headers.expect !== undefined) response.writeContinue();
  const silenceTimeoutMs = http.upstreamTimeoutSeconds * 1000 + coreMarginMs;
  const bodyTimeMs = body === undefined ? 0 : http.requestTimeoutSeconds * 1000;
  return relay(
    {
      dispatcher: pools.to(link.core),
      origin: coreOrigin,
      method: request.method ?? '',
      path: request.url ?? '',
      fields: core.fields,
      body,
      answerTimeoutMs: silenceTimeoutMs + bodyTimeMs,
      silenceTimeoutMs,
      stallTimeoutMs: http.idleTimeoutSeconds * 1000,
      answerFields: (headers) => scopedFields(headers, core.cookieSegment),
    },
    response,
    clock,
  );
}

function mayRepeat(request: IncomingMessage, outcome: RelayOutcome): boolean {
  if (outcome.type !== 'failed' || outcome.began || outcome.reason !== 'unreachable') return false;
  return idempotent.has(request.method ?? '') && !hasBody(request);
}

/** Has a request answered by the best core; a repeatable one that a link lost is tried once more on the next core. */
export async function forwardToCore(
  core: CoreRequest,
  pools: CorePools,
  clock: Clock,
): Promise<RelayOutcome | 'no-core'> {
  const [first, second] = core.cores;
  if (first === undefined) return 'no-core';
  const outcome = await attempt(first, core, pools, clock);
  if (second === undefined || !mayRepeat(core.request, outcome)) return outcome;
  return await attempt(second, core, pools, clock);
}

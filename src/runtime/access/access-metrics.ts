import type { Counter, Distribution, Meter } from '../../platform/meter.js';

/** Metrics of HTTPS access, on edge and core alike. */
export interface AccessMetrics {
  /** By `outcomeOf` the status, `client-gone`, or `broken` within the answer. */
  readonly requests: Counter;
  /** New connections beyond a limit, by the limit: `rate` or `maximum`; an edge's alone. */
  readonly excessConnections: Counter;
  /** By how the authorization ended; a core's alone. */
  readonly authorizations: Counter;
  /** Seconds until a UC server answered a sign-in call. */
  readonly upstreamSeconds: Distribution;
}

const telling = new Set([200, 400, 401, 403, 404, 408, 413, 429, 431, 502, 503, 504]);

/** The outcome that a status counts as: itself when it is one that tells something, else its class. */
export function outcomeOf(status: number): string {
  return telling.has(status) ? String(status) : `${Math.trunc(status / 100)}xx`;
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function newAccessMetrics(meter: Meter): AccessMetrics {
  return {
    requests: meter.counter('fairlead_access_requests_total', 'HTTPS access requests by outcome.', ['outcome']),
    excessConnections: meter.counter(
      'fairlead_access_excess_connections_total',
      'New connections beyond a limit, by the limit.',
      ['limit'],
    ),
    authorizations: meter.counter('fairlead_access_authorizations_total', 'Authorizations by result.', ['result']),
    upstreamSeconds: meter.distribution(
      'fairlead_access_upstream_seconds',
      'Seconds until a UC server answered a call of a sign-in.',
      buckets,
    ),
  };
}

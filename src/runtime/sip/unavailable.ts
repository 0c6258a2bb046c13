import type { RejectDecision } from './proxy/proxy-role.js';

const usualRetrySeconds = 30;

/** 503, and when to ask again. */
export function unavailable(reason: string, retrySeconds = usualRetrySeconds): RejectDecision {
  return {
    type: 'reject',
    statusCode: 503,
    reason,
    headers: [['Retry-After', String(retrySeconds)]],
  };
}

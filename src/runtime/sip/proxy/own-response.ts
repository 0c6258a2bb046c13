import { newResponse } from '../message/new-message.js';
import type { SipMessage } from '../message/sip-message.js';
import type { AttemptFailure } from './attempt.js';
import type { ProxyContext } from './proxy-context.js';
import type { ForwardDecision, Rejection } from './proxy-role.js';

/** Writes an answer of our own; what a role worded so that it cannot be written becomes 500. */
export function ownResponse(
  request: SipMessage,
  { statusCode, reason, headers = [] }: Rejection,
  { branches, onError }: Pick<ProxyContext, 'branches' | 'onError'>,
): SipMessage {
  const toTag = branches.tag();
  try {
    return newResponse(request, statusCode, { headers, toTag, ...(reason !== undefined && { reason }) });
  } catch (error) {
    onError(error);
    return newResponse(request, 500, { toTag });
  }
}

/**
 * What the client hears when the last candidate failed without an answer; undefined for silence, since the client of a
 * request other than INVITE gave up at the same moment (RFC 4320 section 4.2).
 */
export function failureAnswer(
  method: string,
  failure: AttemptFailure,
  decision: ForwardDecision<unknown>,
  { settings }: Pick<ProxyContext, 'settings'>,
): Rejection | undefined {
  if (failure === 'timeout' || failure === 'rang-too-long')
    return method === 'INVITE' ? { statusCode: 408 } : undefined;
  return decision.whenUnreachable ?? unavailable(settings().retryAfterSeconds);
}

function unavailable(retryAfterSeconds: number): Rejection {
  return { statusCode: 503, headers: [['Retry-After', String(retryAfterSeconds)]] };
}

import type { SipMessage } from '../message/sip-message.js';
import type { Rejection } from './proxy-role.js';

const schemes = new Set(['sip', 'sips', 'tel', 'urn', 'im', 'pres']);

/** Why a well-formed request is not passed on (RFC 3261 section 16.3); undefined when it may be. */
export function checkRequest(request: SipMessage): Rejection | undefined {
  return checkScheme(request) ?? checkMaxForwards(request) ?? checkExtensions(request);
}

function checkScheme({ requestUri }: SipMessage): Rejection | undefined {
  const colon = requestUri.indexOf(':');
  return schemes.has(requestUri.slice(0, Math.max(0, colon)).toLowerCase()) ? undefined : { statusCode: 416 };
}

function checkMaxForwards({ maxForwards }: SipMessage): Rejection | undefined {
  return maxForwards === 0 ? { statusCode: 483 } : undefined;
}

function checkExtensions(request: SipMessage): Rejection | undefined {
  const required = request.method === 'ACK' ? [] : request.values('proxy-require');
  if (required.length === 0) return undefined;
  return { statusCode: 420, headers: [['Unsupported', required.join(', ')]] };
}

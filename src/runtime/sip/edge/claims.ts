import type { SipMessage } from '../message/sip-message.js';

/** What only a trusted element may say of who somebody is (RFC 3325 section 5, RFC 5502 section 4). */
const claims = ['p-asserted-identity', 'p-served-user'];

/** Takes away what a client is not believed. */
export function dropClaims(message: SipMessage): void {
  for (const name of claims) if (message.has(name)) message.remove(name);
}

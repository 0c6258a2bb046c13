import type { SipMessage } from '../message/sip-message.js';

/** A party that missed its refresh may still be on its way to say so. */
const graceMs = 32_000;

/** How long a call may go on after this 2xx without another refresh, RFC 4028; undefined without a session timer. */
export function sessionExpiryMs(response: SipMessage): number | undefined {
  const value = response.has('session-expires') ? response.first('session-expires') : undefined;
  const seconds = /^[ \t]*(\d{1,9})[ \t]*(?:;|$)/.exec(value ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000 + graceMs;
}

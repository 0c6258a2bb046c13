import type { SipMessage } from './message/sip-message.js';

const dialogForming: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY']);

/** Whether what comes later may hang on it, so that we stay in its path. */
export function mayFormDialog({ method }: SipMessage): boolean {
  return dialogForming.has(method);
}

/** Whether it asks for a call, rather than for a change of one that is up. */
export function isNewCall({ method, toTag }: SipMessage): boolean {
  return method === 'INVITE' && toTag === '';
}

import { newRequest } from '../message/new-message.js';
import type { SipMessage } from '../message/sip-message.js';
import type { Dialog } from './dialog.js';
import type { SideName } from './dialog-side.js';

/**
 * The BYE that tells one party that the call is over, in the name of the other one; undefined when it never said where
 * it can be reached. It carries no Via.
 */
export function byeTowards(dialog: Dialog, side: SideName, reason?: string): SipMessage | undefined {
  const to = side === 'caller' ? dialog.caller : dialog.callee;
  const from = side === 'caller' ? dialog.callee : dialog.caller;
  if (to.target === '') return undefined;
  const cseq = Math.max(from.cseq, 0) + 1;
  return newRequest('BYE', to.target, [
    ...to.routes.map((route) => ['route', route] as const),
    ['max-forwards', '70'],
    ['from', from.address],
    ['to', to.address],
    ['call-id', dialog.callId],
    ['cseq', `${cseq} BYE`],
    ...(reason === undefined ? [] : [['reason', reason] as const]),
  ]);
}

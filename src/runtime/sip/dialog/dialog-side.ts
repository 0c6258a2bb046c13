import type { Hop } from '../hop.js';
import { detached } from '../message/detached.js';
import { parseNameAddr } from '../message/name-addr.js';
import type { SipMessage } from '../message/sip-message.js';

export type SideName = 'caller' | 'callee';

/** One party of a call, and how a request gets to it from here. */
export interface DialogSide {
  readonly tag: string;
  /** Value of From or To, tag included. */
  readonly address: string;
  hop: Hop;
  /** URI of its Contact. */
  target: string;
  /** Route values between us and it, the nearest first. */
  readonly routes: readonly string[];
  /** The highest CSeq number it sent; -1 before its first request. */
  cseq: number;
}

/** The caller, from its INVITE as it came to us. */
export function callerOf(invite: SipMessage, hop: Hop): DialogSide {
  return {
    tag: detached(invite.fromTag),
    address: detached(invite.first('from') ?? ''),
    hop,
    target: targetOf(invite) ?? '',
    routes: invite.values('record-route').map(detached),
    cseq: invite.cseqNumber,
  };
}

/** The callee, from its 2xx as it came to us; `knownRoutes` of its Record-Route values are ours or of those before us. */
export function calleeOf(response: SipMessage, hop: Hop, knownRoutes: number): DialogSide {
  const recorded = response.values('record-route');
  return {
    tag: detached(response.toTag),
    address: detached(response.first('to') ?? ''),
    hop,
    target: targetOf(response) ?? '',
    routes: recorded
      .slice(0, Math.max(0, recorded.length - knownRoutes))
      .toReversed()
      .map(detached),
    cseq: -1,
  };
}

/** The URI of the Contact, if there is one. */
export function targetOf(message: SipMessage): string | undefined {
  const contact = message.has('contact') ? message.values('contact')[0] : undefined;
  const address = contact === undefined ? undefined : parseNameAddr(contact);
  return address === undefined ? undefined : detached(address.uri);
}

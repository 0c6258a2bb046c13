import type { SipField, SipRequest } from '../wire/sip-message.js';
import { sdpFields } from './dialog.js';
import { newCallId, newTag } from './identifiers.js';

export interface NewRequestParts {
  readonly uri: string;
  /** Route values, topmost first. */
  readonly routes: readonly string[];
  /** From without a tag. */
  readonly from: string;
  readonly to: string;
  /** Undefined for a request that needs none. */
  readonly contact: string | undefined;
  /** Host of the Call-ID. */
  readonly host: string;
  readonly fields?: readonly SipField[];
  readonly body?: string;
}

/** A request outside any dialog, with a Call-ID and a From tag of its own. */
export function newRequest(method: string, parts: NewRequestParts): SipRequest {
  const { uri, routes, from, to, contact, host, fields = [], body = '' } = parts;
  return {
    type: 'request',
    method,
    uri,
    fields: [
      { name: 'Max-Forwards', value: '70' },
      ...routes.map((value) => ({ name: 'Route', value })),
      { name: 'From', value: `${from};tag=${newTag()}` },
      { name: 'To', value: to },
      { name: 'Call-ID', value: newCallId(host) },
      { name: 'CSeq', value: `101 ${method}` },
      ...(contact === undefined ? [] : [{ name: 'Contact', value: contact }]),
      ...fields,
    ],
    body,
  };
}

/** An INVITE with an offer, or without one when the body is empty. */
export function newInvite(parts: NewRequestParts): SipRequest {
  const allow = { name: 'Allow', value: 'INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, UPDATE, REFER, MESSAGE' };
  const fields = [allow, ...sdpFields(parts.body ?? ''), ...(parts.fields ?? [])];
  return newRequest('INVITE', { ...parts, fields });
}

import { createHash } from 'node:crypto';
import { standInFor } from '../../stand-in.js';
import { answerChallenge } from '../agent/digest.js';
import type { Flow } from '../flow/flow.js';
import { hostText } from '../wire/sip-address.js';
import { type SipField, type SipRequest, type SipResponse, fieldOf } from '../wire/sip-message.js';
import type { PhoneOptions } from './phone-options.js';

/** What changes from one REGISTER to the next. */
export interface RegisterTurn {
  readonly flow: Flow;
  readonly routes: readonly string[];
  readonly callId: string;
  readonly fromTag: string;
  readonly cseq: number;
  readonly expiresSeconds: number;
  readonly authorization?: SipField;
}

/** A UUID that is always the same for a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** The URI at which a phone is reached over a flow. */
export function contactUri(user: string, flow: Flow): string {
  return `sip:${user}@${hostText(flow.localAddress)}:${flow.localPort};transport=${flow.protocol.toLowerCase()}`;
}

/** Host and user without a capability name no one; these parameters do. */
function contactValue(options: PhoneOptions, flow: Flow): string {
  const { device, user, instance = uuidOf(device), model = '503', capable = true } = options;
  const parameters = [
    `+sip.instance="<urn:uuid:${instance}>"`,
    `+u.sip!devicename.ccm.cisco.com="${device}"`,
    `+u.sip!model.ccm.cisco.com="${model}"`,
    ...(capable ? ['x-cisco-mra-ha=AR_SK', 'x-cisco-reg-id=1'] : []),
  ];
  return `<${contactUri(user, flow)}>;${parameters.join(';')}`;
}

function supported(capable: boolean): string {
  const base = 'replaces,join,sdp-anat,norefersub,X-cisco-srtp-fallback,X-cisco-sis-9.2.0';
  return capable ? `${base},path,outbound` : base;
}

/** The `User-Agent` of a phone that says nothing else. */
const labUserAgent = standInFor('Jabber');

/** A REGISTER as a soft client sends it. */
export function registerRequest(options: PhoneOptions, turn: RegisterTurn): SipRequest {
  const { user, registrar, capable = true, userAgent = labUserAgent } = options;
  const address = `<sip:${user}@${registrar}>`;
  return {
    type: 'request',
    method: 'REGISTER',
    uri: `sip:${registrar}`,
    fields: [
      { name: 'Max-Forwards', value: '70' },
      ...turn.routes.map((value) => ({ name: 'Route', value })),
      { name: 'From', value: `${address};tag=${turn.fromTag}` },
      { name: 'To', value: address },
      { name: 'Call-ID', value: turn.callId },
      { name: 'CSeq', value: `${turn.cseq} REGISTER` },
      { name: 'User-Agent', value: userAgent },
      { name: 'Contact', value: contactValue(options, turn.flow) },
      { name: 'Supported', value: supported(capable) },
      { name: 'Expires', value: String(turn.expiresSeconds) },
      ...(turn.authorization === undefined ? [] : [turn.authorization]),
    ],
    body: '',
  };
}

/** What answers a 401 or 407; undefined when the phone has nothing to answer it with. */
export function authorizationFor(options: PhoneOptions, challenged: SipResponse): SipField | undefined {
  const { digest, token, registrar } = options;
  if (challenged.status === 407 && token !== undefined) {
    return { name: 'Proxy-Authorization', value: `Bearer token="${token}"` };
  }
  if (digest === undefined) return undefined;
  const isProxy = challenged.status === 407;
  const challenge = fieldOf(challenged, isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate') ?? '';
  const value = answerChallenge(challenge, digest, 'REGISTER', `sip:${registrar}`);
  return value === undefined ? undefined : { name: isProxy ? 'Proxy-Authorization' : 'Authorization', value };
}

/** Seconds that a 200 grants: of the Contact, else of Expires. */
export function grantedSeconds(response: SipResponse): number | undefined {
  const text = /;\s*expires=(\d{1,9})/i.exec(fieldOf(response, 'Contact') ?? '')?.[1] ?? fieldOf(response, 'Expires');
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

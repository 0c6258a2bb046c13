import { type DigestUser, isRightDigest, readCredentials } from '../agent/digest.js';
import type { FlowProtocol } from '../flow/flow.js';
import { type SipField, type SipRequest, fieldOf } from '../wire/sip-message.js';
import type { Nonces } from './nonces.js';
import type { SipDevice } from './registrar-settings.js';

const realm = 'ccmsipline';
/** What Unified CM says when a phone in OAuth mode comes to the wrong port. */
const portMismatchRetrySeconds = 35;

/** Why a REGISTER is not taken. */
export interface Refusal {
  readonly status: number;
  readonly fields: readonly SipField[];
}

export interface AccessQuestion {
  readonly request: SipRequest;
  readonly protocol: FlowProtocol;
  /** Undefined for a device that is not configured. */
  readonly device: SipDevice | undefined;
  readonly node: string;
  readonly nonces: Nonces;
  readonly qop: boolean;
  readonly autoRegistration: boolean;
}

/** Undefined when the security profile of the device is content. */
export function refusalOf(question: AccessQuestion): Refusal | undefined {
  const { device, autoRegistration } = question;
  if (device === undefined) return autoRegistration ? undefined : { status: 404, fields: [] };
  switch (device.security) {
    case 'digest':
      return refusalOfDigest(question, device);
    case 'oauth':
      return refusalOfToken(question, device);
    default:
      return undefined;
  }
}

function refusalOfDigest({ request, nonces, qop }: AccessQuestion, device: SipDevice): Refusal | undefined {
  const given = fieldOf(request, 'Authorization') ?? '';
  const user: DigestUser = { userName: device.digestUser ?? device.name, password: device.digestPassword ?? '' };
  const nonce = readCredentials(given, 'Digest')?.get('nonce') ?? '';
  if (nonces.has(nonce) && isRightDigest(given, user, request.method)) return undefined;
  const challenge = `Digest realm="${realm}", nonce="${nonces.give()}", algorithm=MD5${qop ? ', qop="auth"' : ''}`;
  return { status: 401, fields: [{ name: 'WWW-Authenticate', value: challenge }] };
}

function refusalOfToken({ request, protocol, node }: AccessQuestion, device: SipDevice): Refusal | undefined {
  if (protocol !== 'TLS') {
    const warning = `399 ${node} "SIP OAuth Registration port Mismatch"`;
    const fields = [
      { name: 'Retry-After', value: String(portMismatchRetrySeconds) },
      { name: 'Warning', value: warning },
    ];
    return { status: 403, fields };
  }
  const given = readCredentials(fieldOf(request, 'Proxy-Authorization') ?? '', 'Bearer')?.get('token');
  if (given !== undefined && given === device.token) return undefined;
  return { status: 407, fields: [{ name: 'Proxy-Authenticate', value: `Bearer realm="${realm}"` }] };
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { unquoted } from '../wire/sip-address.js';

/** Name and password of a digest user; not the directory number. */
export interface DigestUser {
  readonly userName: string;
  readonly password: string;
}

/** Reads the comma-separated parameters behind `Digest` or `Bearer`; undefined for another scheme. */
export function readCredentials(field: string, scheme: 'Digest' | 'Bearer'): ReadonlyMap<string, string> | undefined {
  if (!field.toLowerCase().startsWith(`${scheme.toLowerCase()} `)) return undefined;
  const pairs = field.slice(scheme.length + 1).match(/[A-Za-z-]+\s*=\s*(?:"(?:\\.|[^"\\])*"|[^",\s]+)/g) ?? [];
  return new Map(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals).trim().toLowerCase(), unquoted(pair.slice(equals + 1).trim())];
    }),
  );
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

interface DigestInput {
  readonly realm: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  /** `nc:cnonce:qop` when there is a quality of protection. */
  readonly protection?: string;
}

function responseOf({ userName, password }: DigestUser, input: DigestInput): string {
  const { realm, nonce, method, uri, protection } = input;
  const middle = protection === undefined ? nonce : `${nonce}:${protection}`;
  return md5(`${md5(`${userName}:${realm}:${password}`)}:${middle}:${md5(`${method}:${uri}`)}`);
}

/** The Authorization value that answers a challenge (RFC 2617, MD5); undefined when the challenge is no digest. */
export function answerChallenge(challenge: string, user: DigestUser, method: string, uri: string): string | undefined {
  const asked = readCredentials(challenge, 'Digest');
  const [realm, nonce] = [asked?.get('realm'), asked?.get('nonce')];
  if (realm === undefined || nonce === undefined) return undefined;
  const qop = asked?.get('qop')?.split(',').includes('auth') === true;
  const cnonce = md5(`${nonce}${userKey(user)}`).slice(0, 16);
  const protection = qop ? { protection: `00000001:${cnonce}:auth` } : {};
  const response = responseOf(user, { realm, nonce, method, uri, ...protection });
  const base = `Digest username="${user.userName}",realm="${realm}",nonce="${nonce}",uri="${uri}",response="${response}"`;
  return `${base},algorithm=MD5${qop ? `,qop=auth,nc=00000001,cnonce="${cnonce}"` : ''}`;
}

function userKey({ userName }: DigestUser): string {
  return `${userName} at the lab`;
}

/** Whether an Authorization value is right for a user; the nonce is the caller's to check. */
export function isRightDigest(field: string, user: DigestUser, method: string): boolean {
  const given = readCredentials(field, 'Digest');
  if (given === undefined || given.get('username') !== user.userName) return false;
  const [realm = '', nonce = '', uri = ''] = ['realm', 'nonce', 'uri'].map((name) => given.get(name));
  const protection =
    given.get('qop') === undefined
      ? {}
      : { protection: [given.get('nc'), given.get('cnonce'), given.get('qop')].join(':') };
  const wanted = Buffer.from(responseOf(user, { realm, nonce, method, uri, ...protection }));
  const response = Buffer.from((given.get('response') ?? '').toLowerCase());
  return response.length === wanted.length && timingSafeEqual(response, wanted);
}

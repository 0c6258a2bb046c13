/** What a sign-in token says. Times are milliseconds since 1970 by the clock of the core that minted it. */
export interface TokenClaims {
  /** Pseudonym of the user, 22 characters base64url. */
  readonly subject: string;
  readonly domain: string;
  readonly issuedAtMs: number;
  /** When a UC server last said that the credentials are right. */
  readonly verifiedAtMs: number;
  /** At most one refresh interval after `verifiedAtMs`. */
  readonly expiresAtMs: number;
  /** The user's revocation epoch that the core knew of when it minted the token. */
  readonly epochMs: number;
}

/** A token taken apart; nothing in it is true before its signature was checked. */
export interface UnverifiedToken {
  readonly keyId: string;
  readonly claims: TokenClaims;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/**
 * Bytes of a token, before base64url: version 1, key id (8), subject (16), issued, verified, expires and epoch (6 each,
 * big endian), length of the domain (1), domain (ASCII), Ed25519 signature over all of it (64).
 */
const layout = { keyId: 1, subject: 9, issued: 25, verified: 31, expires: 37, epoch: 43, domainLength: 49, domain: 50 };
const version = 1;
const signatureLength = 64;
const maximumDomainLength = 128;
const maximumLength = Math.ceil(((layout.domain + maximumDomainLength + signatureLength) * 4) / 3);
const form = /^[A-Za-z0-9_-]+$/;
const domainForm = /^[-.a-z0-9]+$/;

/** The part of a token that is signed. `keyId` is 16 hex digits. */
export function encodeClaims(keyId: string, claims: TokenClaims): Buffer {
  const bytes = Buffer.alloc(layout.domain + claims.domain.length);
  bytes.writeUInt8(version, 0);
  bytes.write(keyId, layout.keyId, 'hex');
  bytes.write(claims.subject, layout.subject, 'base64url');
  bytes.writeUIntBE(claims.issuedAtMs, layout.issued, 6);
  bytes.writeUIntBE(claims.verifiedAtMs, layout.verified, 6);
  bytes.writeUIntBE(claims.expiresAtMs, layout.expires, 6);
  bytes.writeUIntBE(claims.epochMs, layout.epoch, 6);
  bytes.writeUInt8(claims.domain.length, layout.domainLength);
  bytes.write(claims.domain, layout.domain, 'latin1');
  return bytes;
}

export function encodeToken(signed: Buffer, signature: Buffer): string {
  return Buffer.concat([signed, signature]).toString('base64url');
}

function decodeClaims(signed: Buffer): TokenClaims | undefined {
  const domain = signed.toString('latin1', layout.domain);
  if (signed.readUInt8(layout.domainLength) !== domain.length || !domainForm.test(domain)) return undefined;
  return {
    subject: signed.toString('base64url', layout.subject, layout.issued),
    domain,
    issuedAtMs: signed.readUIntBE(layout.issued, 6),
    verifiedAtMs: signed.readUIntBE(layout.verified, 6),
    expiresAtMs: signed.readUIntBE(layout.expires, 6),
    epochMs: signed.readUIntBE(layout.epoch, 6),
  };
}

/** Takes a token apart; undefined unless it is the one spelling of a token of this version. */
export function decodeToken(text: string): UnverifiedToken | undefined {
  if (text.length > maximumLength || !form.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= layout.domain + signatureLength || bytes.readUInt8(0) !== version) return undefined;
  if (bytes.toString('base64url') !== text) return undefined;
  const signed = bytes.subarray(0, -signatureLength);
  const claims = decodeClaims(signed);
  if (claims === undefined) return undefined;
  const keyId = bytes.toString('hex', layout.keyId, layout.subject);
  return { keyId, claims, signed, signature: bytes.subarray(-signatureLength) };
}

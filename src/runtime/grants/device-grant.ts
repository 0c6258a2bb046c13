/** A core's statement that devices may register: they belong to a user who signed in through it. Times are wall clock. */
export interface DeviceGrant {
  /** Pseudonym of the user, 22 characters base64url. */
  readonly subject: string;
  /** What a REGISTER may name itself by, lower case: device names and the user id. At most 64, each of 1 to 128 bytes. */
  readonly names: readonly string[];
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** A grant taken apart; nothing in it is true before its signature was checked. */
export interface UnverifiedGrant {
  readonly keyId: string;
  readonly grant: DeviceGrant;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

export const mostNames = 64;
const longestNameBytes = 128;

/**
 * Bytes of a grant, before base64url: version 2 (a sign-in token of the same key begins with 1), key id (8), subject (16),
 * issued and expires (6 each, big endian), number of names (1), each name with its length (1) before it, Ed25519 signature
 * over all of it (64).
 */
const layout = { keyId: 1, subject: 9, issued: 25, expires: 31, count: 37, names: 38 };
const version = 2;
const signatureLength = 64;
const longestBytes = layout.names + mostNames * (longestNameBytes + 1) + signatureLength;
const longestText = Math.ceil((longestBytes * 4) / 3);
const form = /^[A-Za-z0-9_-]+$/;

/** The one text of a device name or user id in a grant; undefined when it is too long, empty or no text of one line. */
export function grantName(name: string): string | undefined {
  const text = name.normalize('NFC').toLowerCase();
  const bytes = Buffer.byteLength(text);
  return bytes > 0 && bytes <= longestNameBytes && !/\p{Cc}/u.test(text) ? text : undefined;
}

/** The part of a grant that is signed. `keyId` is 16 hex digits; the names are as `grantName` gives them. */
export function encodeGrant(keyId: string, { subject, names, issuedAtMs, expiresAtMs }: DeviceGrant): Buffer {
  const head = Buffer.alloc(layout.names);
  head.writeUInt8(version, 0);
  head.write(keyId, layout.keyId, 'hex');
  head.write(subject, layout.subject, 'base64url');
  head.writeUIntBE(issuedAtMs, layout.issued, 6);
  head.writeUIntBE(expiresAtMs, layout.expires, 6);
  head.writeUInt8(names.length, layout.count);
  const texts = names.map((name) => Buffer.from(name));
  return Buffer.concat([head, ...texts.flatMap((text) => [Buffer.of(text.length), text])]);
}

function decodeNames(signed: Buffer): readonly string[] | undefined {
  const names: string[] = [];
  let at = layout.names;
  for (let left = signed.readUInt8(layout.count); left > 0; left -= 1) {
    const length = signed[at] ?? 0;
    if (length === 0 || at + 1 + length > signed.length) return undefined;
    names.push(signed.toString('utf8', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return at === signed.length ? names : undefined;
}

function decodeSigned(signed: Buffer): DeviceGrant | undefined {
  const names = decodeNames(signed);
  if (names === undefined || names.length > mostNames) return undefined;
  return {
    subject: signed.toString('base64url', layout.subject, layout.issued),
    names,
    issuedAtMs: signed.readUIntBE(layout.issued, 6),
    expiresAtMs: signed.readUIntBE(layout.expires, 6),
  };
}

/** Takes a grant apart; undefined unless it is the one spelling of a grant of this version. */
export function decodeGrant(text: string): UnverifiedGrant | undefined {
  if (text.length > longestText || !form.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < layout.names + signatureLength || bytes.readUInt8(0) !== version) return undefined;
  if (bytes.toString('base64url') !== text) return undefined;
  const signed = bytes.subarray(0, -signatureLength);
  const grant = decodeSigned(signed);
  if (grant === undefined) return undefined;
  return {
    keyId: signed.toString('hex', layout.keyId, layout.subject),
    grant,
    signed,
    signature: bytes.subarray(-signatureLength),
  };
}

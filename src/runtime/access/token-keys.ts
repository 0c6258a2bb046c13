import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FairleadError } from '../../errors.js';
import type { FilePart } from '../../platform/file-reload.js';
import { newBoundedMap } from '../store/bounded-map.js';
import { decodeToken, encodeClaims, encodeToken, type TokenClaims } from './token.js';

/** Mints tokens with the key of one core. */
export interface TokenSigner {
  mint(claims: TokenClaims): string;
}

/** Checks tokens of every core of the cluster. */
export interface TokenVerifier {
  /** What the token says if a core of the cluster signed it; whether it is still good is another question. */
  verify(token: string): TokenClaims | undefined;
}

/** How far the clocks of edge and core may differ, in milliseconds: a token may be issued this far in the future. */
export const clockSkewToleranceMs = 30_000;

/** Tokens whose signature need not be checked again; one check costs as much as several requests. */
const rememberedTokens = 20_000;
const publicKeyBlock = /-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+?-----END PUBLIC KEY-----/g;

function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

function demandEd25519(key: KeyObject, file: string): KeyObject {
  if (key.asymmetricKeyType === 'ed25519') return key;
  const type = key.asymmetricKeyType ?? 'unknown';
  throw new FairleadError('node.config', `${file} holds a key of type ${type}; tokens are signed with Ed25519`);
}

function readKeys<T>(file: string, read: (text: string) => T): T {
  try {
    return read(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof FairleadError) throw error;
    throw new FairleadError('node.config', `the token keys in ${file} could not be read`, { cause: error });
  }
}

/** Joins what is read from a file now with a way to read it again. */
function renewable<T>(name: string, file: string, read: (file: string) => T): FilePart & { readonly inUse: () => T } {
  let value = read(file);
  const reload = () =>
    new Promise<void>((resolve) => {
      value = read(file);
      resolve();
    });
  return { name, files: [file], reload, inUse: () => value };
}

/**
 * Reads the signing key of this core (PKCS 8 PEM).
 * @throws FairleadError `node.config` when the file is not there or holds something else.
 */
export function readTokenSigner(path: string): TokenSigner & FilePart {
  const { inUse, ...part } = renewable('token signing key', path, newTokenSigner);
  return { ...part, mint: (claims) => inUse().mint(claims) };
}

function newTokenSigner(file: string): TokenSigner {
  const key = readKeys(file, (text) => demandEd25519(createPrivateKey(text), file));
  const keyId = keyIdOf(createPublicKey(key));
  return {
    mint(claims) {
      const signed = encodeClaims(keyId, claims);
      return encodeToken(signed, sign(null, signed, key));
    },
  };
}

/**
 * Reads the public keys of all cores of the cluster (SPKI PEM, one after another).
 * @throws FairleadError `node.config` when the file is not there or holds no key.
 */
export function readTokenVerifier(path: string): TokenVerifier & FilePart {
  const { inUse, ...part } = renewable('token verification keys', path, (file) =>
    newTokenVerifier(readPublicKeys(file)),
  );
  return { ...part, verify: (token) => inUse().verify(token) };
}

function readPublicKeys(file: string): ReadonlyMap<string, KeyObject> {
  const blocks = readKeys(file, (text) => text.match(publicKeyBlock) ?? []);
  if (blocks.length === 0) throw new FairleadError('node.config', `${file} holds no public key`);
  const keys = new Map<string, KeyObject>();
  for (const block of blocks) {
    const key = readKeys(file, () => demandEd25519(createPublicKey(block), file));
    keys.set(keyIdOf(key), key);
  }
  return keys;
}

function newTokenVerifier(keys: ReadonlyMap<string, KeyObject>): TokenVerifier {
  const verified = newBoundedMap<TokenClaims>(rememberedTokens);
  return {
    verify(token) {
      const before = verified.get(token);
      if (before !== undefined) return before;
      const decoded = decodeToken(token);
      const key = decoded === undefined ? undefined : keys.get(decoded.keyId);
      if (decoded === undefined || key === undefined) return undefined;
      if (!verify(null, decoded.signed, key, decoded.signature)) return undefined;
      verified.set(token, decoded.claims);
      return decoded.claims;
    },
  };
}

/** Whether the time of a token has come and not gone. Only its start is taken with tolerance: an expired token never authorizes. */
export function tokenPhase(claims: TokenClaims, nowMs: number): 'valid' | 'early' | 'expired' {
  if (nowMs >= claims.expiresAtMs) return 'expired';
  return claims.issuedAtMs > nowMs + clockSkewToleranceMs ? 'early' : 'valid';
}

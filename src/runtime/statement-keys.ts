import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FairleadError } from '../errors.js';
import type { FilePart } from '../platform/file-reload.js';

/** The key of one core, by which others know what it states. */
export interface SigningKey {
  /** 16 hex digits. */
  readonly keyId: string;
  /** The Ed25519 signature, 64 bytes. */
  sign(statement: Buffer): Buffer;
}

/** The public keys of every core of the cluster; another object after they were read again. */
export interface VerificationKeys {
  /** Whether the core with this key signed the statement; false for a key that nobody has. */
  verify(keyId: string, statement: Buffer, signature: Buffer): boolean;
}

export interface StatementSigner extends FilePart {
  inUse(): SigningKey;
}

export interface StatementVerifier extends FilePart {
  inUse(): VerificationKeys;
}

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

function readSigningKey(file: string): SigningKey {
  const key = readKeys(file, (text) => demandEd25519(createPrivateKey(text), file));
  return { keyId: keyIdOf(createPublicKey(key)), sign: (statement) => sign(null, statement, key) };
}

function readVerificationKeys(file: string): VerificationKeys {
  const blocks = readKeys(file, (text) => text.match(publicKeyBlock) ?? []);
  if (blocks.length === 0) throw new FairleadError('node.config', `${file} holds no public key`);
  const keys = new Map<string, KeyObject>();
  for (const block of blocks) {
    const key = readKeys(file, () => demandEd25519(createPublicKey(block), file));
    keys.set(keyIdOf(key), key);
  }
  return {
    verify(keyId, statement, signature) {
      const key = keys.get(keyId);
      return key !== undefined && verify(null, statement, key, signature);
    },
  };
}

/**
 * Reads the signing key of this core (PKCS 8 PEM).
 * @throws FairleadError `node.config` when the file is not there or holds something else.
 */
export function readStatementSigner(path: string): StatementSigner {
  return renewable('token signing key', path, readSigningKey);
}

/**
 * Reads the public keys of all cores of the cluster (SPKI PEM, one after another).
 * @throws FairleadError `node.config` when the file is not there or holds no key.
 */
export function readStatementVerifier(path: string): StatementVerifier {
  return renewable('token verification keys', path, readVerificationKeys);
}

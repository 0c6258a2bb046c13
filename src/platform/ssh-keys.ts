import { type KeyObject, randomBytes } from 'node:crypto';
import { newEd25519Key } from './ed25519-key.js';

/** An Ed25519 key pair in OpenSSH form: the private key as PEM, the public key as one line. */
export interface SshKeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const algorithm = 'ssh-ed25519';
const cipherBlockBytes = 8;
const pemLineCharacters = 70;

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function lengthPrefixed(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function padded(section: Buffer): Buffer {
  const missing = (cipherBlockBytes - (section.length % cipherBlockBytes)) % cipherBlockBytes;
  return Buffer.concat([section, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}

function partsOf(privateKey: KeyObject): { readonly seed: Buffer; readonly publicPoint: Buffer } {
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  return { seed: Buffer.from(d, 'base64url'), publicPoint: Buffer.from(x, 'base64url') };
}

function privatePem(seed: Buffer, publicPoint: Buffer, publicBlob: Buffer, comment: string): string {
  const check = randomBytes(4);
  const secret = [check, check, lengthPrefixed(algorithm), lengthPrefixed(publicPoint)];
  const section = Buffer.concat([
    ...secret,
    lengthPrefixed(Buffer.concat([seed, publicPoint])),
    lengthPrefixed(comment),
  ]);
  const unencrypted = [lengthPrefixed('none'), lengthPrefixed('none'), lengthPrefixed('')];
  const keys = [uint32(1), lengthPrefixed(publicBlob), lengthPrefixed(padded(section))];
  const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), ...unencrypted, ...keys]).toString('base64');
  const lines = body.match(new RegExp(`.{1,${pemLineCharacters}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** Gives an Ed25519 private key, whatever it was read from, as an OpenSSH pair (OpenSSH PROTOCOL.key), unencrypted. */
export function sshKeyPairOf(key: KeyObject, comment: string): SshKeyPair {
  const { seed, publicPoint } = partsOf(key);
  const publicBlob = Buffer.concat([lengthPrefixed(algorithm), lengthPrefixed(publicPoint)]);
  return {
    privateKey: privatePem(seed, publicPoint, publicBlob, comment),
    publicKey: `${algorithm} ${publicBlob.toString('base64')} ${comment}`,
  };
}

/** Makes a key pair for one end of a link; ssh2's own maker fails now and then. */
export function newSshKeyPair(comment: string): SshKeyPair {
  return sshKeyPairOf(newEd25519Key(), comment);
}

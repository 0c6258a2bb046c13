import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A public key that the other end of a link is held to. */
export interface SshPublicKey {
  /** The key as it travels (RFC 8709 section 4). */
  readonly blob: Buffer;
  readonly key: KeyObject;
}

const algorithm = 'ssh-ed25519';
const pointBytes = 32;
const magic = Buffer.from('openssh-key-v1\0');
const openSshPem = /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*$/;
const publicLine = /^(\S+) ([A-Za-z0-9+/]+={0,2})(?: .*)?$/;

/** Reads length-prefixed fields one after another. */
class FieldReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    if (this.#offset + length > this.#bytes.length) throw new Error('the key is cut short');
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  number(): number {
    return this.take(4).readUInt32BE();
  }

  field(): Buffer {
    return this.take(this.number());
  }

  atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }
}

function expectAlgorithm(name: string): void {
  if (name !== algorithm) throw new Error(`the key is of type ${name.slice(0, 40)}, and only ${algorithm} is accepted`);
}

function privateSectionOf(file: Buffer): Buffer {
  if (!file.subarray(0, magic.length).equals(magic)) throw new Error('the key does not begin as an OpenSSH key does');
  const reader = new FieldReader(file.subarray(magic.length));
  if (reader.field().toString() !== 'none')
    throw new Error('the key is encrypted; links need one without a passphrase');
  reader.field();
  reader.field();
  if (reader.number() !== 1) throw new Error('the file holds more than one key');
  reader.field();
  return reader.field();
}

function fromOpenSsh(body: string): KeyObject {
  const reader = new FieldReader(privateSectionOf(Buffer.from(body, 'base64')));
  if (reader.number() !== reader.number()) throw new Error('the check numbers of the key differ');
  expectAlgorithm(reader.field().toString());
  const x = reader.field();
  const secret = reader.field();
  if (x.length !== pointBytes || secret.length !== 2 * pointBytes) throw new Error('the key has a wrong length');
  const d = secret.subarray(0, pointBytes).toString('base64url');
  return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x: x.toString('base64url') }, format: 'jwk' });
}

/** Reads an unencrypted Ed25519 private key in OpenSSH form or PKCS 8 PEM; an Error says what else it is. */
export function readSshPrivateKey(text: string): KeyObject {
  const body = openSshPem.exec(text.trimStart())?.[1];
  if (body !== undefined) return fromOpenSsh(body);
  const key = createPrivateKey(text);
  if (key.asymmetricKeyType !== 'ed25519') expectAlgorithm(key.asymmetricKeyType ?? 'unknown');
  return key;
}

/** Reads a public key in OpenSSH form, one line; an Error says what is wrong with it. */
export function readSshPublicKey(line: string): SshPublicKey {
  const [, name, encoded] = publicLine.exec(line.trim()) ?? [];
  if (name === undefined || encoded === undefined)
    throw new Error(`not a public key of the form "${algorithm} AAAA..."`);
  expectAlgorithm(name);
  const blob = Buffer.from(encoded, 'base64');
  const reader = new FieldReader(blob);
  expectAlgorithm(reader.field().toString());
  const point = reader.field();
  if (point.length !== pointBytes || !reader.atEnd()) throw new Error('the key has a wrong length');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') };
  return { blob, key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

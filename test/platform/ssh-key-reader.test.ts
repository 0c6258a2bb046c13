import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSshPrivateKey, readSshPublicKey } from '../../src/platform/ssh-key-reader.js';
import { newEd25519Key } from '../../src/platform/ed25519-key.js';
import { newSshKeyPair, sshKeyPairOf } from '../../src/platform/ssh-keys.js';

const message = Buffer.from('a message');

test('both halves of a pair are read, and belong together', () => {
  const pair = newSshKeyPair('core1');
  const signature = sign(null, message, readSshPrivateKey(pair.privateKey));
  assert.equal(verify(null, message, readSshPublicKey(pair.publicKey).key, signature), true);
});

test('a PKCS 8 key is the same key in OpenSSH form', () => {
  const privateKey = newEd25519Key();
  const read = readSshPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  const again = readSshPrivateKey(sshKeyPairOf(read, 'edge1').privateKey);
  assert.deepEqual(
    createPublicKey(again).export({ format: 'jwk' }),
    createPublicKey(privateKey).export({ format: 'jwk' }),
  );
});

test('a key that ssh-keygen encrypted is refused with the reason', () => {
  const encrypted = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABA=
-----END OPENSSH PRIVATE KEY-----
`;
  assert.throws(() => readSshPrivateKey(encrypted), /encrypted; links need one without a passphrase/);
});

test('keys of other kinds are refused by name', () => {
  const rsa = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  assert.throws(() => readSshPrivateKey(rsa.privateKey), /type rsa, and only ssh-ed25519/);
  assert.throws(() => readSshPublicKey('ecdsa-sha2-nistp256 AAAA'), /only ssh-ed25519/);
});

test('a public key with another key inside, too short or too long is refused', () => {
  const [name = '', body = ''] = newSshKeyPair('core1').publicKey.split(' ');
  const blob = Buffer.from(body, 'base64');
  for (const bad of [blob.subarray(0, -1), Buffer.concat([blob, Buffer.alloc(1)]), blob.subarray(4)])
    assert.throws(() => readSshPublicKey(`${name} ${bad.toString('base64')}`));
});

test('whatever is damaged in a private key file is an Error and nothing worse', () => {
  const lines = newSshKeyPair('core1').privateKey.split('\n');
  const bytes = Buffer.from(lines.slice(1, -2).join(''), 'base64');
  fc.assert(
    fc.property(
      fc.nat({ max: bytes.length - 1 }),
      fc.nat({ max: 255 }),
      fc.nat({ max: bytes.length }),
      (at, byte, length) => {
        const damaged = Buffer.from(bytes.subarray(0, length));
        if (at < length) damaged[at] = byte;
        const file = [lines[0], damaged.toString('base64'), lines.at(-2), ''].join('\n');
        try {
          return readSshPrivateKey(file).asymmetricKeyType === 'ed25519';
        } catch (error) {
          return error instanceof Error;
        }
      },
    ),
    { seed: 42, numRuns: 500 },
  );
});

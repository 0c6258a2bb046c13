import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairleadError } from '../../../src/errors.js';
import { decodeToken, encodeClaims, encodeToken, type TokenClaims } from '../../../src/runtime/access/token.js';
import {
  clockSkewToleranceMs,
  newTokenSigner,
  newTokenVerifier,
  tokenPhase,
} from '../../../src/runtime/access/token-keys.js';
import { readStatementSigner, readStatementVerifier } from '../../../src/runtime/statement-keys.js';
import { labCertificates } from './access-kit.js';

const paths = await labCertificates();
const signerIn = (file: string) => newTokenSigner(readStatementSigner(file));
const verifierIn = (file: string) => newTokenVerifier(readStatementVerifier(file));
const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const subjects = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));
const anyClaims: fc.Arbitrary<TokenClaims> = fc.record(
  {
    subject: subjects,
    domain: fc.constantFrom('a.b', 'example.com', `${'x'.repeat(60)}.${'y'.repeat(60)}.org`),
    issuedAtMs: times,
    verifiedAtMs: times,
    expiresAtMs: times,
    epochMs: times,
  },
  { noNullPrototype: true },
);
const claims: TokenClaims = {
  subject: Buffer.alloc(16, 7).toString('base64url'),
  domain: 'example.com',
  issuedAtMs: 1_000_000,
  verifiedAtMs: 900_000,
  expiresAtMs: 2_000_000,
  epochMs: 0,
};

test('keys that are read again hold at once, also for a token that was verified before', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-tokens-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'token-keys.pem');
  const [first, second] = readFileSync(paths.tokenVerificationKeys, 'utf8').split(/(?<=END PUBLIC KEY-----\n)/);
  assert.ok(first !== undefined && second !== undefined, 'there are two keys');
  writeFileSync(file, first + second);
  const keys = readStatementVerifier(file);
  const verifier = newTokenVerifier(keys);
  const tokens = ['core1', 'core2'].map((core) => signerIn(paths.tokenSigningKey(core)).mint(claims));
  const verified = () => tokens.filter((token) => verifier.verify(token) !== undefined).length;
  assert.equal(verified(), 2);
  writeFileSync(file, 'torn');
  await assert.rejects(keys.reload(), { code: 'node.config' });
  assert.equal(verified(), 2);
  writeFileSync(file, second);
  await keys.reload();
  assert.equal(verified(), 1);
});

test('what a token says is what was minted', () => {
  const verifier = verifierIn(paths.tokenVerificationKeys);
  for (const core of ['core1', 'core2']) {
    const signer = signerIn(paths.tokenSigningKey(core));
    fc.assert(
      fc.property(anyClaims, (any) => {
        assert.deepEqual(verifier.verify(signer.mint(any)), any);
      }),
      { numRuns: 50 },
    );
  }
});

test('the bytes of a token are those of its description', () => {
  const bytes = encodeClaims('0123456789abcdef', {
    ...claims,
    issuedAtMs: 1,
    verifiedAtMs: 2,
    expiresAtMs: 3,
    epochMs: 4,
  });
  const expected =
    '01' + '0123456789abcdef' + '07'.repeat(16) + '000000000001' + '000000000002' + '000000000003' + '000000000004';
  assert.equal(bytes.toString('hex'), `${expected}0b${Buffer.from('example.com').toString('hex')}`);
});

test('a token with any bit changed is nobody’s token', () => {
  const verifier = verifierIn(paths.tokenVerificationKeys);
  const bytes = Buffer.from(signerIn(paths.tokenSigningKey('core1')).mint(claims), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    assert.equal(verifier.verify(changed.toString('base64url')), undefined, `bit ${bit}`);
  }
});

test('a token of a key that is not the cluster’s is refused', () => {
  const bytes = Buffer.from(signerIn(paths.tokenSigningKey('core1')).mint(claims), 'base64url');
  bytes.writeUInt8(bytes.readUInt8(1) ^ 0xff, 1);
  assert.equal(verifierIn(paths.tokenVerificationKeys).verify(bytes.toString('base64url')), undefined);
});

test('there is one spelling of a token: no padding, no other alphabet, nothing before or after', () => {
  const token = encodeToken(encodeClaims('0123456789abcdef', claims), Buffer.alloc(64));
  assert.ok(decodeToken(token));
  for (const other of [`${token}=`, `${token}A`, ` ${token}`, token.slice(0, -1), `${token}\n`, `.${token}`, '']) {
    assert.equal(decodeToken(other), undefined, JSON.stringify(other));
  }
});

test('no text makes the decoder throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 600 }), fc.base64String({ maxLength: 600 })), (text) => {
      decodeToken(text);
    }),
    { numRuns: 300 },
  );
});

test('a token is good until its end to the millisecond, and 30 s before its beginning', () => {
  assert.equal(tokenPhase(claims, claims.expiresAtMs - 1), 'valid');
  assert.equal(tokenPhase(claims, claims.expiresAtMs), 'expired');
  assert.equal(tokenPhase(claims, claims.issuedAtMs - clockSkewToleranceMs), 'valid');
  assert.equal(tokenPhase(claims, claims.issuedAtMs - clockSkewToleranceMs - 1), 'early');
});

test('keys that are missing or of another sort are named', () => {
  const wants = (file: string) => (error: unknown) =>
    error instanceof FairleadError && error.code === 'node.config' && error.message.includes(file);
  assert.throws(() => verifierIn('/nowhere/keys.pem'), wants('/nowhere/keys.pem'));
  const { keyFile } = paths.authority;
  assert.throws(() => signerIn(keyFile), wants(keyFile));
  assert.throws(() => verifierIn(keyFile), wants(keyFile));
});

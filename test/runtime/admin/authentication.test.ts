import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { adminPaths } from '../../../src/admin/contract.js';
import { issueLeaf, newAuthority } from '../../../src/lab/certificates/authority.js';
import type { CredentialFiles } from '../../../src/lab/certificates/certificate-paths.js';
import { ask } from './admin-client.js';
import { startAdmin, tokens } from './admin-rig.js';

function certificateOf({ certFile, keyFile }: CredentialFiles) {
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/** A request to each path, with the least scope that may make it. */
const requests = [
  ['read', 'GET', adminPaths.snapshot],
  ['read', 'GET', adminPaths.status],
  ['read', 'GET', adminPaths.live],
  ['read', 'GET', adminPaths.ready],
  ['read', 'GET', adminPaths.metrics],
  ['read', 'GET', adminPaths.openapi],
  ['read', 'GET', `${adminPaths.receipts}/plan-1`],
  ['read', 'GET', `${adminPaths.resources}/Domain/a.example`],
  ['operate', 'PUT', `${adminPaths.resources}/Domain/a.example`],
  ['operate', 'DELETE', `${adminPaths.resources}/Domain/a.example`],
  ['operate', 'POST', adminPaths.probe],
  ['apply', 'POST', adminPaths.activate],
  ['apply', 'POST', adminPaths.confirm],
  ['apply', 'POST', adminPaths.revert],
] as const;

test('nothing answers without authentication, not even what is not there', async (t) => {
  const { endpoint } = await startAdmin(t);
  const others = [
    ['GET', adminPaths.events],
    ['GET', '/'],
    ['PATCH', adminPaths.snapshot],
    ['GET', '/v1/%zz'],
  ] as const;
  for (const [method, path] of [...requests.map(([, method, path]) => [method, path] as const), ...others]) {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic cmVhZGVy' }]) {
      const { status, body, headers: answered } = await ask(endpoint, path, { method, headers });
      assert.deepEqual([status, body.code], [401, 'node.unauthenticated'], `${method} ${path}`);
      assert.match(String(answered['www-authenticate']), /^Bearer/);
    }
  }
});

test('each scope includes the ones before it and nothing else', async (t) => {
  const { endpoint } = await startAdmin(t);
  const rank = { read: 0, operate: 1, apply: 2 };
  const holders = [
    ['read', tokens.reader],
    ['operate', tokens.operator],
    ['apply', tokens.reconciler],
  ] as const;
  for (const [needed, method, path] of requests) {
    for (const [held, token] of holders) {
      const { status } = await ask(endpoint, path, { method, token });
      assert.equal(status === 403, rank[held] < rank[needed], `${held} asks for ${method} ${path}: ${status}`);
      assert.notEqual(status, 401);
    }
  }
});

test('a client certificate of a known name is as good as a token, and an unknown one is not', async (t) => {
  const { endpoint, paths } = await startAdmin(t);
  const auditor = certificateOf(paths.client('auditor'));
  assert.equal((await ask(endpoint, adminPaths.live, { certificate: auditor })).status, 200);
  assert.equal((await ask(endpoint, adminPaths.probe, { method: 'POST', certificate: auditor })).status, 403);
  const stranger = certificateOf(paths.client('stranger'));
  assert.equal((await ask(endpoint, adminPaths.live, { certificate: stranger })).status, 401);
  assert.equal((await ask(endpoint, adminPaths.live, { certificate: auditor, token: 'wrong' })).status, 401);
});

test('a certificate of another CA is nobody, whatever name it carries', async (t) => {
  const { endpoint } = await startAdmin(t);
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const stranger = await newAuthority('another CA', validity);
  const forged = await issueLeaf(stranger, { commonName: 'auditor', names: [], use: 'client' }, validity);
  const certificate = { cert: forged.certificate, key: forged.key };
  assert.equal((await ask(endpoint, adminPaths.live, { certificate })).status, 401);
});

test('an address that presents twenty different wrong tokens is refused for a minute', async (t) => {
  const { endpoint, clock } = await startAdmin(t);
  for (let count = 0; count < 20; count += 1) {
    assert.equal((await ask(endpoint, adminPaths.live, { token: `guess-${count}` })).status, 401);
  }
  const { status, body, headers } = await ask(endpoint, adminPaths.live, { token: tokens.reader });
  assert.deepEqual([status, body.code], [429, 'node.too-many-failures']);
  assert.match(String(headers['retry-after']), /^[1-9]\d*$/);
  clock.advance(60_000);
  assert.equal((await ask(endpoint, adminPaths.live, { token: tokens.reader })).status, 200);
});

test('a client that repeats one wrong token shuts out nobody', async (t) => {
  const { endpoint } = await startAdmin(t);
  for (let count = 0; count < 25; count += 1) await ask(endpoint, adminPaths.live, { token: 'outdated' });
  assert.equal((await ask(endpoint, adminPaths.live, { token: tokens.reader })).status, 200);
});

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Agent, request } from 'undici';
import { silentLog } from '../../../src/platform/log.js';
import type { ReconcilerBackend } from '../../../src/reconciler/server/reconciler-app.js';
import { ReconcilerServer } from '../../../src/reconciler/server/reconciler-server.js';
import { newLabTls, type LabTls } from '../lab-nodes.js';

const token = 'a-token-of-the-status';
const secret = 'a-secret-for-webhooks';
const directory = mkdtempSync(join(tmpdir(), 'fairlead-server-'));
const status = { version: 1, startedAt: '2026-01-15T12:00:00.000Z', source: { problems: [] }, clusters: [] } as const;

let hints = 0;
let isReady = false;
const backend: ReconcilerBackend = {
  status: () => status,
  isReady: () => isReady,
  metrics: () => Promise.resolve('fairlead_clusters 0\n'),
  hint: () => {
    hints += 1;
  },
};

function secretFile(name: string, value: string): string {
  const path = join(directory, name);
  writeFileSync(path, value);
  return path;
}

const listen = { host: '127.0.0.1', port: 0 };
const tokenFile = secretFile('token', `${token}\n`);
const webhookSecretFile = secretFile('webhook', secret);
let server: ReconcilerServer;
let origin: string;

before(async () => {
  server = await ReconcilerServer.start({ listen, tokenFile, webhookSecretFile }, backend, silentLog);
  origin = `http://127.0.0.1:${server.port}`;
});
beforeEach(() => {
  hints = 0;
  isReady = false;
});
after(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function get(path: string, authorization = `Bearer ${token}`) {
  const answer = await request(`${origin}${path}`, { headers: authorization === '' ? {} : { authorization } });
  return { status: answer.statusCode, type: answer.headers['content-type'], text: await answer.body.text() };
}

async function post(body: string | Buffer, headers: Readonly<Record<string, string>>) {
  const answer = await request(`${origin}/webhook`, { method: 'POST', body, headers });
  return { status: answer.statusCode, body: await answer.body.json() };
}

function hmac(body: string | Buffer, key = secret): string {
  return createHmac('sha256', key).update(body).digest('hex');
}

test('nothing is shown without the token', async () => {
  for (const path of ['/v1/status', '/v1/live', '/v1/ready', '/metrics', '/v1/nothing']) {
    for (const authorization of ['', 'Bearer wrong', `Basic ${token}`, `Bearer ${token}x`, 'Bearer ']) {
      const { status: code, text } = await get(path, authorization);
      assert.equal(code, 401, `${path} with ${authorization}`);
      assert.match(text, /server\.unauthenticated/);
    }
  }
});

test('with the token there is status, liveness, readiness and metrics', async () => {
  assert.deepEqual(JSON.parse((await get('/v1/status')).text), status);
  assert.equal((await get('/v1/live')).status, 200);
  assert.equal((await get('/v1/ready')).status, 503);
  isReady = true;
  assert.equal((await get('/v1/ready')).status, 200);
  assert.match((await get('/metrics')).text, /fairlead_clusters 0/);
  const unknown = await get('/v1/nothing');
  assert.equal(unknown.status, 404);
  assert.match(unknown.type?.toString() ?? '', /^application\/problem\+json/);
});

test('a webhook of GitHub, Gitea or GitLab is a hint', async () => {
  const body = '{"ref":"refs/heads/main"}';
  const signatures = [
    { 'x-hub-signature-256': `sha256=${hmac(body)}`, 'content-type': 'application/json' },
    { 'x-gitea-signature': hmac(body) },
    { 'x-gitlab-token': secret, 'content-type': 'application/x-www-form-urlencoded' },
  ];
  for (const headers of signatures) assert.equal((await post(body, headers)).status, 202);
  assert.equal(hints, 3);
});

test('the signature is made over the bytes as they came, whatever they are', async () => {
  const body = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
  assert.equal((await post(body, { 'x-gitea-signature': hmac(body) })).status, 202);
});

test('a webhook that is not signed with the secret changes nothing', async () => {
  const body = '{}';
  const wrong: readonly Readonly<Record<string, string>>[] = [
    {},
    { 'x-hub-signature-256': '' },
    { 'x-hub-signature-256': hmac(body) },
    { 'x-hub-signature-256': `sha256=${hmac(body, 'another-secret')}` },
    { 'x-hub-signature-256': `sha256=${hmac('{"other":true}')}` },
    { 'x-gitlab-token': 'another-secret' },
    { authorization: `Bearer ${token}` },
  ];
  for (const headers of wrong) assert.equal((await post(body, headers)).status, 401, JSON.stringify(headers));
  assert.equal(hints, 0);
});

test('a delivery that is sent again is accepted and causes nothing', async () => {
  const body = '{"again":true}';
  const headers = { 'x-hub-signature-256': `sha256=${hmac(body)}`, 'x-github-delivery': 'one' };
  assert.deepEqual(await post(body, headers), { status: 202, body: { accepted: true, isNew: true } });
  assert.deepEqual(await post(body, headers), { status: 202, body: { accepted: true, isNew: false } });
  assert.equal((await post(body, { ...headers, 'x-github-delivery': 'two' })).status, 202);
  assert.equal(hints, 2);
});

test('a body beyond the limit is refused', async () => {
  const answer = await post(Buffer.alloc(5 * 1024 * 1024 + 1), { 'x-gitlab-token': secret }).catch(() => undefined);
  assert.ok(answer === undefined || answer.status === 413);
  assert.equal(hints, 0);
});

test('without a webhook secret every webhook is refused', async () => {
  const other = await ReconcilerServer.start({ listen, tokenFile }, backend, silentLog);
  const answer = await request(`http://127.0.0.1:${other.port}/webhook`, { method: 'POST', body: '{}' });
  await answer.body.dump();
  assert.equal(answer.statusCode, 401);
  await other.stop();
});

test('a secret that is too short, and a file that is not there, are refused at the start', async () => {
  const short = { listen, tokenFile: secretFile('short', 'short') };
  await assert.rejects(ReconcilerServer.start(short, backend, silentLog), {
    code: 'node.config',
    message: /5 characters/,
  });
  const missing = { listen, tokenFile: join(directory, 'missing') };
  await assert.rejects(ReconcilerServer.start(missing, backend, silentLog), {
    code: 'node.config',
    message: /missing/,
  });
});

test('with a certificate it speaks TLS', async () => {
  const tls: LabTls = await newLabTls();
  const secure = await ReconcilerServer.start({ listen, tls, tokenFile }, backend, silentLog);
  const dispatcher = new Agent({ connect: { ca: tls.ca } });
  const url = `https://127.0.0.1:${secure.port}/v1/live`;
  const answer = await request(url, { dispatcher, headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual([answer.statusCode, await answer.body.json()], [200, { live: true }]);
  await dispatcher.close();
  await secure.stop();
  tls.remove();
});

test('a renewed certificate and a new token are taken over without a new start', async (t) => {
  const [tls, other] = [await newLabTls(), await newLabTls()];
  const ownTokenFile = secretFile('own-token', token);
  const config = { listen, tls: { certFile: tls.certFile, keyFile: tls.keyFile }, tokenFile: ownTokenFile };
  const secure = await ReconcilerServer.start(config, backend, silentLog);
  t.after(async () => {
    await secure.stop();
    tls.remove();
    other.remove();
  });
  copyFileSync(other.certFile, tls.certFile);
  copyFileSync(other.keyFile, tls.keyFile);
  writeFileSync(ownTokenFile, 'another-token-of-the-status');
  for (const part of secure.files) await part.reload();
  const dispatcher = new Agent({ connect: { ca: other.ca } });
  const url = `https://127.0.0.1:${secure.port}/v1/live`;
  for (const [shown, expected] of [
    [token, 401],
    ['another-token-of-the-status', 200],
  ] as const) {
    const answer = await request(url, { dispatcher, headers: { authorization: `Bearer ${shown}` } });
    await answer.body.dump();
    assert.equal(answer.statusCode, expected, shown);
  }
  await dispatcher.close();
});

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Agent, type Dispatcher } from 'undici';
import { failWrite, failWritesFrom } from '../../src/lab/appliance/appliance-fault.js';
import { LabAppliance } from '../../src/lab/appliance/lab-appliance.js';
import { issueLeaf, newAuthority } from '../../src/lab/certificates/authority.js';
import { basicAuthorization } from '../../src/lab/http/basic-credentials.js';
import { systemClock } from '../../src/platform/clock.js';

const success = { message: 'The operation was successful' };
const account = { userName: 'admin', password: 'secret', token: 'token' };
const bearer = 'Bearer token';
let appliance: LabAppliance;
let agent: Agent;
let origin: string;

before(async () => {
  const nowMs = systemClock.nowMs();
  const validity = { notBefore: new Date(nowMs - 60_000), notAfter: new Date(nowMs + 3_600_000) };
  const authority = await newAuthority('Fairlead lab CA', validity);
  const names = [{ type: 'ip', value: '127.0.0.1' } as const];
  const certificate = await issueLeaf(authority, { commonName: 'box', names, use: 'server' }, validity);
  appliance = new LabAppliance({ certificate, account, kinds: ['Domain', 'UnifiedCM'] });
  origin = `https://127.0.0.1:${await appliance.start()}`;
  agent = new Agent({ connect: { ca: authority.certificate } });
});

beforeEach(() => {
  appliance.setFaults();
  for (const { kind, name } of appliance.store.list()) appliance.store.apply({ action: 'delete', kind, name });
});

after(async () => {
  await agent.destroy();
  await appliance.stop();
});

async function ask(method: Dispatcher.HttpMethod, path: string, body?: unknown, authorization = bearer) {
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await agent.request({
    origin,
    path,
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: await answer.body.json() };
}

const domain = '/api/resources/Domain/lab.example';

test('a resource is created, listed, read and deleted', async () => {
  assert.deepEqual(await ask('POST', domain, { spec: { sip: true } }), { status: 200, body: success });
  const resource = { kind: 'Domain', name: 'lab.example', spec: { sip: true } };
  assert.deepEqual((await ask('GET', '/api/resources')).body, [resource]);
  assert.deepEqual((await ask('GET', domain)).body, resource);
  assert.deepEqual(await ask('DELETE', domain), { status: 200, body: success });
  assert.equal((await ask('GET', domain)).status, 404);
});

test('a write without effect is answered with 200 and other words', async () => {
  await ask('POST', domain, { spec: {} });
  assert.deepEqual(await ask('POST', domain, { spec: { sip: true } }), {
    status: 200,
    body: { message: 'Domain name already exists' },
  });
  assert.deepEqual((await ask('GET', domain)).body, { kind: 'Domain', name: 'lab.example', spec: {} });
  assert.equal((await ask('DELETE', '/api/resources/Domain/other')).status, 200);
  assert.equal((await ask('POST', '/api/resources/Maintenance/x', { spec: {} })).status, 200);
  assert.equal(appliance.store.list().length, 1);
});

test('a secret goes in and never comes out, nor does its fingerprint', async () => {
  const passwordRef = { env: 'FAIRLEAD_SECRET_A', fingerprint: 'hmac-sha256:1' };
  const spec = { publisher: 'cucm-1.lab.example', credentials: { username: 'reader', passwordRef } };
  await ask('POST', '/api/resources/UnifiedCM/emea', { spec, secrets: { 'hmac-sha256:1': 'hush' } });
  const { body } = await ask('GET', '/api/resources');
  const kept = {
    publisher: 'cucm-1.lab.example',
    credentials: { username: 'reader', passwordRef: { env: 'FAIRLEAD_SECRET_A' } },
  };
  assert.deepEqual(body, [{ kind: 'UnifiedCM', name: 'emea', spec: kept }]);
  assert.deepEqual(appliance.store.secretsOf('UnifiedCM', 'emea'), { 'hmac-sha256:1': 'hush' });
});

test('nothing is shown or changed without credentials; Basic and a token are both good', async () => {
  for (const wrong of ['', 'Bearer guess', basicAuthorization({ userName: 'admin', password: 'guess' })]) {
    assert.equal((await ask('POST', domain, { spec: {} }, wrong)).status, 401);
    assert.equal((await ask('GET', '/api/status', undefined, wrong)).status, 401);
  }
  const { status, body } = await ask('GET', '/api/status', undefined, basicAuthorization(account));
  const product = 'lab: stand-in, not a real Expressway';
  assert.deepEqual(
    { status, body },
    { status: 200, body: { product, version: 'X0.0', kinds: ['Domain', 'UnifiedCM'], resources: 0 } },
  );
});

test('a write fails at the number it was told to, with or without its effect', async () => {
  appliance.setFaults(failWrite(2, { type: 'message', message: 'CommandError: Socket Error: Timeout' }));
  await ask('POST', domain, { spec: {} });
  assert.deepEqual((await ask('DELETE', domain)).body, { message: 'CommandError: Socket Error: Timeout' });
  assert.equal(appliance.store.list().length, 1);

  appliance.setFaults(failWritesFrom(1, { type: 'cut-before' }));
  await assert.rejects(ask('DELETE', domain));
  assert.equal(appliance.store.list().length, 1);

  appliance.setFaults(failWrite(1, { type: 'cut-after' }));
  await assert.rejects(ask('DELETE', domain));
  assert.equal(appliance.store.list().length, 0);

  appliance.setFaults(failWrite(1, { type: 'status', status: 500 }));
  assert.equal((await ask('POST', domain, { spec: {} })).status, 500);
  assert.equal(appliance.store.list().length, 0);
});

test('what is no write, another verb, and another path are refused', async () => {
  assert.equal((await ask('POST', domain, { name: 'x' })).status, 400);
  assert.equal((await ask('POST', domain, { spec: {}, secrets: { a: 1 } })).status, 400);
  assert.equal((await ask('PUT', domain, { spec: {} })).status, 405);
  assert.equal((await ask('POST', '/api/resources/Domain', { spec: {} })).status, 404);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Agent } from 'undici';
import { FairleadError } from '../../src/errors.js';
import { writeLabCertificates } from '../../src/lab/certificates/lab-certificates.js';
import { basicAuthorization } from '../../src/lab/http/basic-credentials.js';
import { LabUnifiedCm, refuseUnscripted } from '../../src/lab/uc-server/lab-unified-cm.js';
import { loopbackUcNodes } from '../../src/lab/uc-server/loopback-uc-nodes.js';
import type { UcControl } from '../../src/lab/uc-server/uc-control.js';
import { UcControlServer } from '../../src/lab/uc-server/uc-control-server.js';
import { RemoteUcControl } from '../../src/lab/uc-server/remote-uc-control.js';
import { systemClock } from '../../src/platform/clock.js';
import { newStaticHosts, staticLookup } from '../../src/platform/static-hosts.js';
import { temporaryDirectory } from './lab-directory.js';

const hosts = ['cucm-1.lab.example', 'cucm-2.lab.example'] as const;
const [publisher, subscriber] = hosts;
const directory = temporaryDirectory();
let cluster: LabUnifiedCm;
let ca: string;
let agent: Agent;
let controlPort: number;
let controlServer: UcControlServer;
let remote: RemoteUcControl;

before(async () => {
  const servers = hosts.map((host) => ({ name: host, hosts: [{ type: 'dns', value: host } as const] }));
  const paths = await writeLabCertificates(directory, { servers, clients: [], cores: [], nodes: [] }, systemClock);
  cluster = new LabUnifiedCm({
    nodes: await loopbackUcNodes(hosts, paths),
    users: [{ userName: 'ada', password: 'engine' }],
    domain: 'lab.example',
    port: 0,
    clock: systemClock,
  });
  await cluster.start();
  ca = readFileSync(paths.authority.certFile, 'utf8');
  controlServer = new UcControlServer(cluster, 'lab-token');
  controlPort = await controlServer.start(0);
  remote = new RemoteUcControl(controlPort, 'lab-token');
});

beforeEach(() => {
  agent = new Agent({ connect: { ca, lookup: staticLookup(newStaticHosts(cluster.hosts)) } });
});

afterEach(async () => {
  await agent.destroy();
  for (const host of hosts) await cluster.setFault(host);
  await cluster.setPassword('ada', 'engine');
  await cluster.setEnabled('ada', true);
  await cluster.setListed(subscriber, true);
  await cluster.forgetRecord();
});

after(async () => {
  await remote.close();
  await controlServer.stop();
  await cluster.stop();
});

interface Ask {
  readonly host?: string;
  readonly password?: string;
  readonly signal?: AbortSignal;
}

async function ask(path: string, { host = publisher, password = 'engine', signal }: Ask = {}) {
  const answer = await agent.request({
    origin: `https://${host}:${cluster.port}`,
    path,
    method: 'GET',
    headers: { authorization: basicAuthorization({ userName: 'ada', password }) },
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

const devices = '/cucm-uds/user/ada/devices';

test('every node serves under its own verified name, and says what it is', async () => {
  for (const host of hosts) {
    const { status, headers, text } = await ask('/cucm-uds/version', { host });
    assert.equal(status, 200);
    assert.equal(headers['server'], 'lab: stand-in, not a real Unified CM');
    assert.match(text, new RegExp(`uri="https://${host}:${cluster.port}/cucm-uds/version"`));
  }
});

test('a changed password and a disabled user are felt by the next request, on every node', async () => {
  assert.equal((await ask(devices)).status, 200);
  await cluster.setPassword('ada', 'new');
  assert.equal((await ask(devices, { host: subscriber })).status, 401);
  assert.equal((await ask(devices, { password: 'new' })).status, 200);
  await cluster.setEnabled('ada', false);
  assert.equal((await ask(devices, { password: 'new' })).status, 401);
});

test('what reached the cluster is counted and listed, without passwords', async () => {
  await ask(devices, { password: 'hush' });
  await ask('/cucm-uds/servers');
  const { counts, requests } = await cluster.record();
  assert.equal(counts.requests, 2);
  assert.equal(counts.byResource.devices, 1);
  assert.deepEqual(
    requests.map(({ host, resource, userName, status }) => [host, resource, userName, status]),
    [
      [publisher, 'devices', 'ada', 401],
      [publisher, 'servers', undefined, 200],
    ],
  );
  assert.doesNotMatch(JSON.stringify(await cluster.record()), /hush|aHVzaA/);
});

test('an unscripted call is answered with 404 and fails the assertion by its name', async () => {
  cluster.assertNoUnscriptedCalls();
  assert.equal((await ask('/cucm-uds/surprise')).status, 404);
  const record = await remote.record();
  assert.throws(() => refuseUnscripted(record.unscripted), /does not know 1 /);
  assert.throws(
    () => cluster.assertNoUnscriptedCalls(),
    (error) => error instanceof FairleadError && error.details[0]?.message === 'GET /cucm-uds/surprise',
  );
});

test('a node that was removed from the cluster is not named by servers', async () => {
  await cluster.setListed(subscriber, false);
  assert.doesNotMatch((await ask('/cucm-uds/servers')).text, /cucm-2/);
});

test('a refusing node is refused at once, and serves again on the same port', async () => {
  await cluster.setFault(publisher, { type: 'refuse' });
  await assert.rejects(ask(devices), { code: 'ECONNREFUSED' });
  assert.equal((await ask(devices, { host: subscriber })).status, 200);
  await cluster.setFault(publisher);
  assert.equal((await ask(devices)).status, 200);
});

test('a wrong certificate is felt by clients that were connected before', async () => {
  assert.equal((await ask(devices)).status, 200);
  await cluster.setFault(publisher, { type: 'wrong-certificate' });
  await assert.rejects(ask(devices), 'either the old connection ended, or the new one is not trusted');
  await assert.rejects(ask(devices), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  const { requests, connections } = (await cluster.record()).counts;
  assert.equal(requests, 1);
  assert.ok(connections >= 2);
});

test('answers fail as they are told to', async () => {
  await cluster.setFault(publisher, { type: 'status', status: 503 });
  assert.equal((await ask(devices)).status, 503);
  await cluster.setFault(publisher, { type: 'unauthorized' });
  assert.equal((await ask(devices)).status, 401);
  await cluster.setFault(publisher, { type: 'malformed' });
  assert.doesNotMatch((await ask(devices)).text, /<\/devices>$/);
  await cluster.setFault(publisher, { type: 'other-document' });
  assert.match((await ask(devices)).text, /^<html>/);
  await cluster.setFault(publisher, { type: 'entity-bomb' });
  assert.match((await ask(devices)).text, /<!DOCTYPE .*<!ENTITY/);
  await cluster.setFault(publisher, { type: 'truncated' });
  await assert.rejects(ask(devices));
});

test('a slow body comes whole in the end', async () => {
  await cluster.setFault(publisher, { type: 'drip', pauseMs: 1 });
  assert.match((await ask('/cucm-uds/servers')).text, /<\/servers>$/);
});

test('a hanging node takes the request, never answers, and lets go when the fault ends', async () => {
  await cluster.setFault(publisher, { type: 'hang' });
  const hanging = assert.rejects(ask(devices));
  await untilRequests(1);
  assert.equal((await cluster.record()).requests[0]?.status, undefined);
  await cluster.setFault(publisher);
  await hanging;
});

test('an endless body lasts until the client gives up', async () => {
  await cluster.setFault(publisher, { type: 'endless' });
  const { body } = await agent.request({
    origin: `https://${publisher}:${cluster.port}`,
    path: devices,
    method: 'GET',
  });
  let length = 0;
  body.on('error', () => undefined);
  for await (const chunk of body) {
    const bytes: unknown = chunk;
    length += Buffer.isBuffer(bytes) ? bytes.length : 0;
    if (length > 1_000_000) break;
  }
  assert.ok(length > 1_000_000);
});

async function untilRequests(wanted: number): Promise<void> {
  while ((await cluster.record()).counts.requests < wanted) await systemClock.sleep(2);
}

test('another process drives it over the control endpoint', async () => {
  const control: UcControl = remote;
  await control.setPassword('ada', 'changed');
  await control.putUser({ userName: 'bob', password: 'builder' });
  await control.setFault(subscriber, { type: 'status', status: 500 });
  await control.setLatency(publisher, 1);
  await control.setListed(subscriber, false);
  assert.equal((await ask(devices, { password: 'changed' })).status, 200);
  assert.equal((await ask(devices, { host: subscriber })).status, 500);
  assert.match((await ask('/cucm-uds/clusterUser?username=bob')).text, /found="true"/);
  assert.equal((await control.record()).counts.requests, 3);
  await control.setLatency(publisher, 0);
  await control.forgetRecord();
  assert.equal((await control.record()).counts.requests, 0);
});

test('the control endpoint refuses strangers, unknown hosts and anything that is not a command', async () => {
  const stranger = new RemoteUcControl(controlPort, 'guess');
  await assert.rejects(stranger.record(), /401/);
  await stranger.close();
  await assert.rejects(remote.setFault('cucm-9.lab.example', { type: 'hang' }), /404.*cucm-9/);
  await assert.rejects(remote.setLatency(publisher, -1), /whole number from 0 to 600000/);
  await assert.rejects(remote.setFault(publisher, { type: 'status', status: 200 }), /from 400 to 599/);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { Agent } from 'undici';
import { newEdgeTransport } from '../../src/lab/client/edge-transport.js';
import { LabClient, type LabClientOptions } from '../../src/lab/client/lab-client.js';
import { OperationLog } from '../../src/lab/client/operation-log.js';
import { systemClock } from '../../src/platform/clock.js';
import { temporaryDirectory } from './lab-directory.js';
import { type EdgeScript, startScriptedEdge } from './scripted-edge.js';

const host = 'edge-1.lab.example';
const document = readFileSync(join(import.meta.dirname, 'testdata', 'edge-config.xml'), 'utf8');
const token = 'X-Auth=one; Path=/; Max-Age=600; HttpOnly; Secure';
const directory = temporaryDirectory();
const impatientClock = { ...systemClock, sleep: () => Promise.resolve() };

let edge: Awaited<ReturnType<typeof startScriptedEdge>>;
let transport: Agent;
let script: EdgeScript[];
let seen: IncomingMessage[];
let log: OperationLog;

before(async () => {
  edge = await startScriptedEdge(directory, host, (request, response) => {
    seen.push(request);
    (script.shift() ?? unavailable('0'))(request, response);
  });
  transport = newEdgeTransport({ ca: edge.ca, hosts: { [host]: '127.0.0.1' }, connections: 2, timeoutMs: 5000 });
});

beforeEach(() => {
  script = [];
  seen = [];
  log = new OperationLog();
});

after(async () => {
  await transport.destroy();
  await edge.stop();
});

function newClient(options: Partial<LabClientOptions> = {}): LabClient {
  return new LabClient({
    name: 'ada-phone',
    domain: 'lab.example',
    userName: 'ada',
    password: 'engine',
    edges: [edge.address],
    transport,
    log,
    clock: impatientClock,
    ...options,
  });
}

function signedIn(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('set-cookie', token).end(document);
}

function status(code: number): EdgeScript {
  return (_request, response) => response.writeHead(code).end();
}

function unavailable(retryAfter: string): EdgeScript {
  return (_request, response) => response.writeHead(503, { 'retry-after': retryAfter }).end();
}

const patience = { attempts: 3, longestWaitMs: 60_000, unaskedWaitMs: 100 };

test('a sign-in presents credentials alone, at the path of the domain without padding', async () => {
  script = [signedIn];
  const client = newClient();
  const { operation } = await client.signIn();
  assert.equal(operation.outcome, 'ok');
  assert.equal(seen[0]?.url, '/bGFiLmV4YW1wbGU/get_edge_config?service_name=_cisco-uds&service_name=_cuplogin');
  assert.equal(seen[0].headers.authorization, 'Basic YWRhOmVuZ2luZQ==');
  assert.equal(seen[0].headers.cookie, undefined);
  assert.equal(client.token, 'one');
  assert.equal(client.edgeConfig?.udsServers[0]?.address, 'cucm-1.lab.example');
});

test('after a sign-in, UDS is fetched under the encoded target with credentials and token', async () => {
  script = [signedIn, (_request, response) => response.end('<devices/>')];
  const client = newClient();
  await client.signIn();
  const { answer } = await client.fetchUds('user/ada/devices');
  assert.equal(answer?.body, '<devices/>');
  const [, segment = '', ...path] = seen[1]?.url?.split('/') ?? [];
  assert.equal(Buffer.from(segment, 'base64url').toString(), 'lab.example/https/cucm-1.lab.example/8443');
  assert.deepEqual(path, ['cucm-uds', 'user', 'ada', 'devices']);
  assert.equal(seen[1]?.headers.cookie, 'X-Auth=one');
  assert.equal(seen[1].headers.authorization, 'Basic YWRhOmVuZ2luZQ==');
});

test('a refresh may present the token alone', async () => {
  script = [signedIn, signedIn];
  const client = newClient();
  await client.signIn();
  await client.refresh('token');
  assert.equal(seen[1]?.headers.authorization, undefined);
  assert.equal(seen[1]?.headers.cookie, 'X-Auth=one');
});

test('without patience every refusal is an operation of its own, and the caller sees it', async () => {
  script = [status(401), status(403), status(429), unavailable('7'), status(500)];
  const client = newClient();
  for (let call = 0; call < 5; call += 1) await client.signIn();
  assert.deepEqual(
    log.operations.map(({ outcome, status: code, retryAfterSeconds }) => [outcome, code, retryAfterSeconds]),
    [
      ['refused', 401, undefined],
      ['refused', 403, undefined],
      ['limited', 429, undefined],
      ['unavailable', 503, 7],
      ['failed', 500, undefined],
    ],
  );
  assert.deepEqual(log.summary(), {
    operations: 5,
    byOutcome: { ok: 0, refused: 2, limited: 1, unavailable: 1, failed: 1, error: 0 },
  });
});

test('with patience it waits as long as it was told, tries again, and logs every try', async () => {
  script = [unavailable('2'), (_request, response) => response.writeHead(429).end(), signedIn];
  const waits: number[] = [];
  const clock = {
    ...systemClock,
    sleep: (delayMs: number) => {
      waits.push(delayMs);
      return Promise.resolve();
    },
  };
  const { operation } = await newClient({ patience, clock }).signIn();
  assert.deepEqual([operation.outcome, operation.attempt], ['ok', 3]);
  assert.deepEqual(waits, [2000, 100]);
  assert.deepEqual(
    log.failures.map(({ status: code }) => code),
    [503, 429],
  );
});

test('it does not wait longer than its patience, nor more often', async () => {
  script = [unavailable('61'), unavailable('1'), unavailable('1'), unavailable('1'), signedIn];
  const client = newClient({ patience });
  assert.equal((await client.signIn()).operation.attempt, 1);
  assert.equal((await client.signIn()).operation.attempt, 3);
});

test('a 401 on a fetch makes a patient client sign in and fetch again', async () => {
  script = [signedIn, status(401), signedIn, (_request, response) => response.end('here')];
  const client = newClient({ patience });
  await client.signIn();
  assert.equal((await client.fetchUds('servers')).answer?.body, 'here');
  assert.deepEqual(
    log.operations.map(({ action, outcome }) => `${action} ${outcome}`),
    ['sign-in ok', 'fetch refused', 'sign-in ok', 'fetch ok'],
  );
});

test('a patient client moves to the next edge when one does not answer', async () => {
  script = [signedIn];
  const dead = { host: 'edge-0.lab.example', port: edge.address.port };
  const client = newClient({ patience, edges: [dead, edge.address] });
  const { operation } = await client.signIn();
  assert.deepEqual([operation.edge, operation.outcome], [host, 'ok']);
  assert.equal(log.failures[0]?.outcome, 'error');
  assert.match(log.failures[0].error ?? '', /edge-0\.lab\.example/);
});

test('an answer that breaks the contract is an error, not a success', async () => {
  script = [
    (_request, response) => response.setHeader('set-cookie', token).end('<html/>'),
    (_request, response) => response.end(document),
    (_request, response) => response.setHeader('set-cookie', `${token}; Domain=lab.example`).end(document),
    (_request, response) => response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy()),
  ];
  for (let call = 0; call < 4; call += 1) assert.equal((await newClient().signIn()).operation.outcome, 'error');
  assert.match(log.operations[1]?.error ?? '', /no token/);
  assert.match(log.operations[2]?.error ?? '', /not host-only/);
});

test('an edge whose certificate is not signed by the CA is never spoken to', async (t) => {
  const untrusting = newEdgeTransport({
    ca: readFileSync(join(directory, 'unrelated-ca.crt'), 'utf8'),
    hosts: { [host]: '127.0.0.1' },
    connections: 1,
    timeoutMs: 5000,
  });
  t.after(() => untrusting.destroy());
  const { operation } = await newClient({ transport: untrusting }).signIn();
  assert.equal(operation.outcome, 'error');
  assert.equal(seen.length, 0);
});

test('a full log stops the client instead of dropping an operation', async () => {
  script = [signedIn, signedIn];
  const client = newClient({ log: new OperationLog(1) });
  await client.signIn();
  await assert.rejects(client.signIn(), /full at 1/);
});

import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { listenOn } from '../../../src/lab/listener.js';
import type { ProbeCheck } from '../../../src/model/health.js';
import type { Participant } from '../../../src/runtime/participant.js';
import {
  ask,
  configPath,
  type Documents,
  domain,
  type LinkedEstate,
  labCertificates,
  labUnifiedCm,
  publisher,
  servingDocuments,
  snapshotOf,
  startEstate,
  subscriber,
  through,
  ucHosts,
  user,
} from './access-kit.js';

const paths = await labCertificates();
const cm = await labUnifiedCm(paths);
const held = new Set<ServerResponse>();
const upstream: Server = createServer((_, response) => void held.add(response));
let port: number;
let estate: LinkedEstate;
let documents: readonly Documents[];

before(async () => {
  port = await listenOn(upstream, '127.0.0.1', 0);
});

after(async () => {
  await cm.stop();
  upstream.close();
  upstream.closeAllConnections();
});

beforeEach(async () => {
  held.clear();
  estate = await startEstate({ paths, hosts: cm.hosts });
  documents = servingDocuments(cm, estate.ca);
  await estate.apply(snapshotOf(...documents));
});

afterEach(async () => {
  await estate.stop();
  for (const host of ucHosts) await cm.setFault(host);
});

function without(kind: string): readonly Documents[] {
  return documents.filter((document) => document.kind !== kind);
}

/** The documents with fields of the UnifiedCM replaced. */
function withUnifiedCm(fields: object): readonly Documents[] {
  return documents.map((one) => (one.kind === 'UnifiedCM' ? { ...one, spec: { ...one.spec, ...fields } } : one));
}

async function failedChecks(): Promise<readonly ProbeCheck[]> {
  const checks = await estate.edge.probe(new AbortController().signal);
  const inside = (await estate.cores.get('core1')?.probe(new AbortController().signal)) ?? [];
  for (const { id, ok } of inside) {
    assert.equal(checks.find((one) => one.id === `through core core1: ${id}`)?.ok, ok, id);
  }
  return checks.filter(({ ok }) => !ok);
}

test('before any snapshot an edge serves no domain', async () => {
  const empty = await startEstate({ paths });
  assert.equal((await ask(empty, configPath, { as: user })).status, 404);
  await empty.stop();
});

test('what is not implemented is refused by name, and changes nothing', async () => {
  const refused: readonly (readonly [Documents, string])[] = [
    [{ kind: 'AccessControl', spec: { signIn: { oauthBearer: true } } }, 'signIn.oauthBearer'],
    [{ kind: 'AccessControl', spec: { ssoDiscovery: { answer: 'home-cluster' } } }, 'ssoDiscovery.answer'],
    [{ kind: 'HttpTransport', spec: { proxyProtocolSources: ['192.0.2.1'] } }, 'proxyProtocolSources'],
  ];
  const core = estate.cores.get('core1');
  assert.ok(core);
  const nodes: readonly Participant[] = [estate.edge, core];
  for (const [document, field] of refused) {
    for (const node of nodes) {
      const snapshot = snapshotOf(document);
      const secrets = { reveal: () => assert.fail('access needs no secret') };
      await assert.rejects(node.prepare(snapshot, secrets, new AbortController().signal), (error) => {
        return error instanceof FairleadError && error.code === 'node.unsupported' && error.message.includes(field);
      });
    }
  }
  assert.equal((await ask(estate, configPath, { as: user })).status, 200);
});

test('a serving estate passes every check', async () => {
  const checks = await estate.edge.probe(new AbortController().signal);
  assert.deepEqual(
    checks.map(({ id, ok }) => [id, ok]),
    [
      [`Domain/${domain} is served`, true],
      ['core core1 answers over its link', true],
      ['through core core1: UnifiedCM/lab publisher answers', true],
      ['through core core1: UnifiedCM/lab node 1 answers', true],
      ['through core core1: clients may reach UnifiedCM/lab UDS', true],
    ],
  );
});

test('an allow list that shuts the clients out fails a check', async () => {
  await estate.apply(snapshotOf(...without('AllowRule')));
  const failed = await failedChecks();
  assert.deepEqual(
    failed.map(({ id }) => id),
    ['through core core1: clients may reach UnifiedCM/lab UDS'],
  );
  assert.equal(failed[0]?.resource, 'UnifiedCM/lab');
  assert.match(failed[0].detail, /no AllowRule covers GET \/cucm-uds\/version on https:\/\/cucm-1/);
});

test('a publisher that does not answer fails a check of the same name', async () => {
  await estate.apply(snapshotOf(...withUnifiedCm({ publisher: 'dead.lab.example', nodes: undefined })));
  const ids = (await failedChecks()).map(({ id }) => id);
  assert.ok(ids.includes('through core core1: UnifiedCM/lab publisher answers'));
});

test('a wrong CA fails the checks, although connections under the right one are open', async () => {
  await ask(estate, configPath, { as: user });
  const ca = readFileSync(paths.unrelatedAuthority.certFile, 'utf8');
  await estate.apply(snapshotOf(...withUnifiedCm({ tls: { ca } })));
  const ids = (await failedChecks()).map(({ id }) => id);
  assert.deepEqual(ids, [
    'through core core1: UnifiedCM/lab publisher answers',
    'through core core1: UnifiedCM/lab node 1 answers',
  ]);
});

test('a subscriber that is away is told from the publisher', async () => {
  await cm.setFault(subscriber, { type: 'refuse' });
  const ids = (await failedChecks()).map(({ id }) => id);
  assert.deepEqual(ids, ['through core core1: UnifiedCM/lab node 1 answers']);
});

test('a core that cannot be reached fails a check', async () => {
  estate.links.cut('core1');
  const failed = (await estate.edge.probe(new AbortController().signal)).filter(({ ok }) => !ok);
  assert.deepEqual(
    failed.map(({ id }) => id),
    ['core core1 answers over its link'],
  );
});

test('a probe that is called off ends', async () => {
  for (const host of ucHosts) await cm.setFault(host, { type: 'hang' });
  const stop = new AbortController();
  const probing = estate.edge.probe(stop.signal);
  stop.abort(new Error('enough'));
  assert.ok((await probing).some(({ ok }) => !ok));
});

test('no client reaches the checks of a core', async () => {
  assert.equal((await ask(estate, '/.fairlead/checks')).status, 400);
  assert.equal((await ask(estate, '/.fairlead/checks', { as: user })).status, 400);
});

test('a request in flight is finished under the snapshot it began with', async () => {
  const rule: Documents = {
    kind: 'AllowRule',
    name: 'held',
    spec: { url: `http://127.0.0.1:${port}/`, match: 'prefix' },
  };
  await estate.apply(snapshotOf(...documents, rule));
  const { token } = await ask(estate, configPath, { as: user });
  const path = through(`http://127.0.0.1:${port}/`);
  const answer = ask(estate, path, { token });
  while (held.size === 0) await new Promise((resolve) => setImmediate(resolve));
  const applied = estate.apply(snapshotOf(...documents));
  while ((await ask(estate, path, { token })).status !== 403);
  for (const response of held) response.end('held');
  assert.equal((await answer).text, 'held');
  await applied;
});

test('a change that does not concern the UC servers keeps their connections', async () => {
  await ask(estate, configPath, { as: user });
  const before = (await cm.record()).counts.connections;
  const { token } = await ask(estate, configPath, { as: user });
  await estate.apply(snapshotOf(...documents, { kind: 'CredentialCaching', spec: { refreshIntervalMinutes: 60 } }));
  const path = through(`https://${publisher}:${cm.port}/cucm-uds/version`);
  assert.equal((await ask(estate, path, { token })).status, 200);
  assert.equal((await cm.record()).counts.connections, before);
});

test('a snapshot that served can be activated again', async () => {
  const core = estate.cores.get('core1');
  assert.ok(core);
  const secrets = { reveal: () => assert.fail('access needs no secret') };
  const prepare = (of: readonly Documents[]) =>
    Promise.all(
      [estate.edge, core].map((node) => node.prepare(snapshotOf(...of), secrets, new AbortController().signal)),
    );
  const first = await prepare(documents);
  const second = await prepare(without('Domain'));
  for (const [snapshot, status] of [
    [first, 200],
    [second, 404],
    [first, 200],
  ] as const) {
    for (const part of snapshot) part.activate();
    assert.equal((await ask(estate, configPath, { as: user })).status, status);
  }
  await estate.apply(snapshotOf(...documents));
  await Promise.all([...first, ...second].map((part) => part.release()));
});

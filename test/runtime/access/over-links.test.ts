import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { after, before, test, type TestContext } from 'node:test';
import { listenOn } from '../../../src/lab/listener.js';
import type { EdgeConnections } from '../../../src/runtime/link/core-links.js';
import { LinkEstate, upLink } from '../link/estate.js';
import {
  ask,
  configPath,
  type Estate,
  labCertificates,
  labUnifiedCm,
  newCore,
  servingDocuments,
  snapshotOf,
  startEdgeOn,
  through,
  user,
} from './access-kit.js';

const paths = await labCertificates();
const cm = await labUnifiedCm(paths);
const held = new Set<ServerResponse>();
const upstream: Server = createServer((request, response) => {
  if (request.url === '/held') held.add(response);
  else request.pipe(response);
});
let port: number;

before(async () => {
  port = await listenOn(upstream, '127.0.0.1', 0);
});

after(async () => {
  await cm.stop();
  upstream.close();
  upstream.closeAllConnections();
});

/** Edge and core joined by a real link, which ends with the test. */
async function overLinks(t: TestContext): Promise<{ estate: Estate; coreLinks: EdgeConnections; token: string }> {
  const core = newCore(paths, 'core1', { hosts: cm.hosts });
  const { edge: links, core: coreLinks } = await new LinkEstate(t).pair({ onChannel: core.accept });
  const estate = await startEdgeOn(links, new Map([['core1', core]]), { paths });
  t.after(() => estate.stop());
  const spec = { url: `http://127.0.0.1:${port}/`, match: 'prefix', methods: ['GET', 'POST'] };
  const rule = { kind: 'AllowRule', name: 'upstream', spec } as const;
  const transport = {
    kind: 'HttpTransport',
    spec: { maximumBodyBytes: 64 * 1024 * 1024, connectionRate: { mode: 'off' } },
  } as const;
  await estate.apply(
    snapshotOf(...servingDocuments(cm, estate.ca).filter(({ kind }) => kind !== 'HttpTransport'), rule, transport),
  );
  await upLink(links, 'core1');
  const { status, token } = await ask(estate, configPath, { as: user });
  assert.equal(status, 200);
  assert.ok(token);
  return { estate, coreLinks, token };
}

test('a client signs in and is served over a real link, and every check passes', async (t) => {
  const { estate, token } = await overLinks(t);
  const path = through(`http://127.0.0.1:${port}/`);
  assert.equal((await ask(estate, path, { token, method: 'POST', body: 'hello' })).text, 'hello');
  const checks = await estate.edge.probe(new AbortController().signal);
  assert.deepEqual(
    checks.filter(({ ok }) => !ok),
    [],
  );
  assert.equal(checks.length, 5);
});

test('many requests share a link, each with its own answer', async (t) => {
  const { estate, token } = await overLinks(t);
  const path = through(`http://127.0.0.1:${port}/`);
  const bodies = Array.from({ length: 200 }, (_, index) => `${index} `.repeat(index * 10));
  const answers = await Promise.all(bodies.map((body) => ask(estate, path, { token, method: 'POST', body })));
  assert.deepEqual(
    answers.map(({ text }) => text),
    bodies,
  );
});

test('20 MB stream up and down a real link at once', async (t) => {
  const { estate, token } = await overLinks(t);
  const chunks = Array.from({ length: 320 }, (_, index) => Buffer.alloc(65_536, index));
  const { body } = await estate.outsider.request({
    origin: estate.origin,
    path: through(`http://127.0.0.1:${port}/`),
    method: 'POST',
    headers: { cookie: `X-Auth=${token}` },
    body: Readable.from(chunks),
  });
  assert.ok(Buffer.from(await body.arrayBuffer()).equals(Buffer.concat(chunks)));
});

test('a client that goes away aborts the server’s request through a real link', async (t) => {
  const { estate, token } = await overLinks(t);
  const stop = new AbortController();
  const asking = estate.outsider.request({
    origin: estate.origin,
    path: through(`http://127.0.0.1:${port}/held`),
    method: 'GET',
    headers: { cookie: `X-Auth=${token}` },
    signal: stop.signal,
  });
  await once(upstream, 'request');
  const [response] = held;
  assert.ok(response);
  const gone = once(response, 'close');
  stop.abort();
  await assert.rejects(asking);
  await gone;
});

test('a core that leaves makes the answer 503, and an edge that keeps asking for credentials', async (t) => {
  const { estate, coreLinks, token } = await overLinks(t);
  await coreLinks.stop();
  let status = 0;
  while (status !== 503) ({ status } = await ask(estate, configPath, { token }));
  assert.equal((await ask(estate, configPath)).status, 401);
});

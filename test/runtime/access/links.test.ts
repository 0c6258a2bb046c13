import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { listenOn } from '../../../src/lab/listener.js';
import { coresFor } from '../../../src/runtime/access/edge/core-choice.js';
import type { CoreLink } from '../../../src/runtime/link-port.js';
import { FakeClock } from '../../fake-clock.js';
import {
  ask,
  configPath,
  type LinkedEstate,
  labCertificates,
  labUnifiedCm,
  servingDocuments,
  snapshotOf,
  startEstate,
  through,
  user,
} from './access-kit.js';

const paths = await labCertificates();
const cm = await labUnifiedCm(paths);
const held = new Set<ServerResponse>();
const upstream: Server = createServer((request, response) => {
  request.resume();
  if (request.url === '/held') held.add(response);
  else response.end('served');
});
let port: number;
let estate: LinkedEstate;

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
  estate = await startEstate({ paths, clock: new FakeClock(), cores: ['core1', 'core2'], hosts: cm.hosts });
  const spec = { url: `http://127.0.0.1:${port}/`, match: 'prefix', methods: ['GET', 'POST'] };
  await estate.apply(snapshotOf(...servingDocuments(cm, estate.ca), { kind: 'AllowRule', name: 'upstream', spec }));
});

afterEach(() => estate.stop());

const heldPath = () => through(`http://127.0.0.1:${port}/held`);

async function signIn(): Promise<string> {
  const { status, token } = await ask(estate, configPath, { as: user });
  assert.equal(status, 200);
  assert.ok(token);
  return token;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The core that has a request in flight. */
function busyCore(): string {
  const [name] = [...estate.cores].find(([, core]) => core.counts().sessions > 0) ?? [];
  assert.ok(name);
  return name;
}

test('with no link up the answer is 503 with the time to wait, never 401', async () => {
  const token = await signIn();
  for (const core of estate.cores.keys()) estate.links.cut(core);
  for (const asking of [{ as: user }, { token }, { as: { ...user, password: 'wrong' } }]) {
    const { status, headers } = await ask(estate, configPath, asking);
    assert.deepEqual([status, headers['retry-after']], [503, '10']);
  }
  assert.equal((await ask(estate, configPath)).status, 401);
});

test('a link that comes back is used again', async () => {
  for (const core of estate.cores.keys()) estate.links.cut(core);
  assert.equal((await ask(estate, configPath, { as: user })).status, 503);
  for (const core of estate.cores.keys()) estate.links.restore(core);
  await signIn();
});

test('the requests of a user go to one core, so that there is one count', async () => {
  for (let time = 0; time < 3; time += 1) await signIn();
  assert.equal((await ask(estate, configPath, { as: user })).status, 429);
});

test('a token of one core is good on another', async () => {
  const token = await signIn();
  for (const core of estate.cores.keys()) {
    estate.links.cut(core);
    assert.equal((await ask(estate, configPath, { token })).status, 200);
    estate.links.restore(core);
  }
});

test('a link that goes down under a repeatable request costs the client nothing', async () => {
  const token = await signIn();
  const answer = ask(estate, heldPath(), { token });
  await until(() => held.size === 1);
  estate.links.cut(busyCore());
  await until(() => held.size === 2);
  for (const response of held) response.end('held');
  const { status, text } = await answer;
  assert.deepEqual([status, text], [200, 'held']);
});

test('a link that goes down under a request that may not be repeated is 503', async () => {
  const token = await signIn();
  const answer = ask(estate, heldPath(), { token, method: 'POST', body: 'once' });
  await until(() => held.size === 1);
  estate.links.cut(busyCore());
  assert.equal((await answer).status, 503);
  assert.equal(held.size, 1);
});

test('channels are kept and used again', async () => {
  const token = await signIn();
  const { opened } = estate.links;
  for (let time = 0; time < 20; time += 1) await ask(estate, configPath, { token });
  assert.equal(estate.links.opened, opened);
});

test('an edge that stops lets its requests end first', async () => {
  const token = await signIn();
  const answer = ask(estate, heldPath(), { token });
  await until(() => held.size === 1);
  const stopped = estate.edge.stop();
  for (const response of held) response.end('held');
  assert.equal((await answer).text, 'held');
  await stopped;
});

test('a core that stops lets its requests end first', async () => {
  const token = await signIn();
  const answer = ask(estate, heldPath(), { token });
  await until(() => held.size === 1);
  const stopped = estate.cores.get(busyCore())?.stop();
  for (const response of held) response.end('held');
  assert.equal((await answer).text, 'held');
  await stopped;
});

function linksTo(names: readonly string[]): readonly CoreLink[] {
  return names.map((core) => ({ core, openChannel: () => Promise.reject(new Error('not opened here')) }));
}

test('when a core goes, only its users move', () => {
  const names = ['core1', 'core2', 'core3', 'core4'];
  const subjects = fc.uuid();
  fc.assert(
    fc.property(subjects, fc.constantFrom(...names), (subject, gone) => {
      const before = coresFor(subject, linksTo(names)).map(({ core }) => core);
      const left = coresFor(subject, linksTo(names.filter((name) => name !== gone))).map(({ core }) => core);
      assert.deepEqual(
        left,
        before.filter((name) => name !== gone),
      );
    }),
    { numRuns: 100 },
  );
});

test('users are spread over the cores', () => {
  const links = linksTo(['core1', 'core2', 'core3']);
  const counts = new Map<string, number>();
  for (let index = 0; index < 3000; index += 1) {
    const core = coresFor(`user-${index}`, links)[0]?.core ?? '';
    counts.set(core, (counts.get(core) ?? 0) + 1);
  }
  for (const { core } of links) assert.ok(Math.abs((counts.get(core) ?? 0) - 1000) < 150, JSON.stringify([...counts]));
});

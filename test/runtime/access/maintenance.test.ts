import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import type { CoreLink } from '../../../src/runtime/link-port.js';
import { preferServing } from '../../../src/runtime/access/edge/core-choice.js';
import {
  ask,
  configPath,
  domain,
  type LinkedEstate,
  labCertificates,
  labUnifiedCm,
  servingDocuments,
  snapshotOf,
  startEstate,
  through,
  user,
} from './access-kit.js';
import { encodeDomain } from '../../../src/runtime/access/path-segment.js';

const paths = await labCertificates();
const cm = await labUnifiedCm(paths);
const grace = { userName: 'grace', password: 'hopper' };
const asked = new AbortController().signal;
let estate: LinkedEstate;

after(() => cm.stop());

beforeEach(async () => {
  estate = await startEstate({ paths, cores: ['core1', 'core2'], hosts: cm.hosts });
  await estate.apply(snapshotOf(...servingDocuments(cm, estate.ca)));
});

afterEach(() => estate.stop());

function drain(...nodes: readonly string[]): void {
  for (const node of ['edge1', 'core1', 'core2']) estate.drains.of(node).set(nodes.includes(node));
}

function pinOf(text: string): string | undefined {
  return /;lr(?:;core=([\w-]+))?&gt;/.exec(text)?.[1];
}

const devices = () => through(`https://cucm-1.lab.example:${cm.port}/cucm-uds/user/${user.userName}/devices`);

test('a draining edge lets nobody new in, and whoever has a token goes on', async () => {
  const { token } = await ask(estate, configPath, { as: user });
  drain('edge1');
  for (const asking of [{ as: grace }, {}, { as: user }, { token: 'forged' }]) {
    const { status, headers } = await ask(estate, configPath, asking);
    assert.deepEqual([status, headers['retry-after']], [503, '10']);
  }
  assert.equal((await ask(estate, `/${encodeDomain(domain)}/get_edge_sso`)).status, 503);
  assert.equal((await ask(estate, devices(), { token, as: user })).status, 200);
  assert.equal((await ask(estate, configPath, { token })).status, 200);
  assert.equal((await ask(estate, configPath, { token, as: user })).status, 200, 'a refresh with both');
  drain();
  assert.equal((await ask(estate, configPath, { as: grace })).status, 200, 'it serves again at once');
});

test('sign-ins go to a core that serves, whichever of two drains', async () => {
  for (const [draining, serving] of [
    ['core1', 'core2'],
    ['core2', 'core1'],
  ] as const) {
    drain(draining);
    for (const one of [user, grace]) {
      const { status, text } = await ask(estate, configPath, { as: one });
      assert.equal(status, 200);
      assert.equal(pinOf(text), serving);
    }
  }
});

test('when every core drains nobody new is let in, tokens go on, and clients are pinned to no core', async () => {
  const { token } = await ask(estate, configPath, { as: user });
  drain('core1', 'core2');
  const { status, headers } = await ask(estate, configPath, { as: grace });
  assert.deepEqual([status, headers['retry-after']], [503, '10']);
  assert.equal((await ask(estate, devices(), { token, as: user })).status, 200);
  const config = await ask(estate, configPath, { token });
  assert.equal(config.status, 200);
  assert.match(config.text, /transport=tls;lr&gt;/, 'the route names no core');
});

test('the probe of a node that drains finds its data path as it was', async () => {
  const before = await estate.edge.probe(asked);
  drain('edge1', 'core1', 'core2');
  const during = await estate.edge.probe(asked);
  const verdicts = (checks: typeof before) => checks.map(({ id, ok }) => `${id}: ${ok}`);
  assert.deepEqual(verdicts(during), verdicts(before));
  assert.ok(
    during.every(({ ok }) => ok),
    JSON.stringify(during.filter(({ ok }) => !ok)),
  );
});

test('draining cores are left out, unless there are no others', () => {
  const links = ['core1', 'core2', 'core3'].map(
    (core): CoreLink => ({ core, openChannel: () => Promise.reject(new Error('nobody opens it')) }),
  );
  const names = (draining: readonly string[]) =>
    preferServing(links, (core) => draining.includes(core)).map(({ core }) => core);
  assert.deepEqual(names(['core2']), ['core1', 'core3']);
  assert.deepEqual(names(['core1', 'core2', 'core3']), ['core1', 'core2', 'core3']);
});

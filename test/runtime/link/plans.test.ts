import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { LinkEstate, statusOf, upLink } from './estate.js';
import { goodHello, rawCore, requestForward } from './raw-core.js';

const patienceMs = 5_000;

function knows(...plans: readonly string[]) {
  return { isConfirmed: ({ planId }: { readonly planId: string }) => plans.includes(planId) };
}

test('each end learns what the other has confirmed', async (t) => {
  const { edge, core } = await new LinkEstate(t).pair(knows('plan-a'), knows('plan-b'));
  assert.deepEqual(
    [
      await core.anyConfirmed({ planId: 'plan-b' }, patienceMs),
      await core.anyConfirmed({ planId: 'plan-c' }, patienceMs),
      await edge.anyConfirmed({ planId: 'plan-a' }, patienceMs),
      await edge.anyConfirmed({ planId: 'plan-c' }, patienceMs),
    ],
    [true, false, true, false],
  );
});

test('a core learns through an edge what another core has confirmed', async (t) => {
  const estate = new LinkEstate(t);
  const edge = await estate.edge('edge1', ['core1', 'core2', 'core3']);
  const [core1] = await Promise.all([
    estate.core('core1', { edge1: edge }),
    estate.core('core2', { edge1: edge }, knows('plan-a')),
    estate.core('core3', { edge1: edge }),
  ]);
  for (const name of ['core1', 'core2', 'core3']) await upLink(edge, name);
  await statusOf(core1, 'edge1', ({ state }) => state === 'up');
  assert.equal(await core1.anyConfirmed({ planId: 'plan-a' }, patienceMs), true);
  assert.equal(await core1.anyConfirmed({ planId: 'plan-b' }, patienceMs), false);
});

test('an edge learns through a core what another edge has confirmed', async (t) => {
  const estate = new LinkEstate(t);
  const edge1 = await estate.edge('edge1', ['core1']);
  const edge2 = await estate.edge('edge2', ['core1'], knows('plan-a'));
  const core = await estate.core('core1', { edge1, edge2 });
  for (const name of ['edge1', 'edge2']) await statusOf(core, name, ({ state }) => state === 'up');
  await upLink(edge1, 'core1');
  assert.equal(await edge1.anyConfirmed({ planId: 'plan-a' }, patienceMs), true);
});

test('nobody to ask is a no', async (t) => {
  const edge = await new LinkEstate(t).edge('edge1', ['core1']);
  assert.equal(await edge.anyConfirmed({ planId: 'plan-a' }, patienceMs), false);
});

test('a full mesh asks everybody once and never goes round', async (t) => {
  const estate = new LinkEstate(t);
  let asked = 0;
  const isConfirmed = () => {
    asked += 1;
    return false;
  };
  const names = ['core1', 'core2', 'core3'];
  const edges = {
    edge1: await estate.edge('edge1', names, { isConfirmed }),
    edge2: await estate.edge('edge2', names, { isConfirmed }),
  };
  const cores = await Promise.all(names.map((name) => estate.core(name, edges, { isConfirmed })));
  for (const edge of Object.values(edges)) for (const name of names) await upLink(edge, name);
  for (const core of cores)
    for (const edge of Object.keys(edges)) await statusOf(core, edge, ({ state }) => state === 'up');
  assert.equal(await cores[0]!.anyConfirmed({ planId: 'plan-a' }, patienceMs), false);
  assert.equal(asked, 6, 'two edges, and each edge asks two cores');
});

/** A core that is up and answers nothing by itself. */
async function muteCore(t: TestContext, limits = {}) {
  const estate = new LinkEstate(t);
  const edge = await estate.edge('edge1', ['core1'], { limits: { aliveEveryMs: 20_000, ...limits } });
  const { client, control } = await rawCore(t, edge, estate.key('core1'));
  control.write(goodHello);
  await requestForward(client);
  await upLink(edge, 'core1');
  return { edge, client, control };
}

test('a peer that does not answer in time counts as a no, and its late answer is dropped', async (t) => {
  const { edge, control } = await muteCore(t);
  assert.equal(await edge.anyConfirmed({ planId: 'plan-a' }, 20), false);
  control.write('{"type":"plan!","id":1,"confirmed":true}\n');
  const next = edge.anyConfirmed({ planId: 'plan-b' }, patienceMs);
  control.write('{"type":"plan!","id":2,"confirmed":true}\n');
  assert.equal(await next, true);
});

test('a question that its link does not outlive is a no', async (t) => {
  const { edge, client } = await muteCore(t);
  const answer = edge.anyConfirmed({ planId: 'plan-a' }, 60_000);
  client.destroy();
  assert.equal(await answer, false);
});

test('questions beyond the limit are not asked', async (t) => {
  const { edge, client } = await muteCore(t, { pendingQuestions: 1 });
  const first = edge.anyConfirmed({ planId: 'plan-a' }, 60_000);
  assert.equal(await edge.anyConfirmed({ planId: 'plan-b' }, 60_000), false);
  client.destroy();
  assert.equal(await first, false);
});

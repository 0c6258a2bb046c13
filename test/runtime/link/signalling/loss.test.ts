import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { defaultSignallingLimits } from '../../../../src/runtime/link/signalling/signalling-limits.js';
import { type Heard, Mesh, type Party, type PartyOptions, isUp } from './mesh.js';
import { Wire } from './wire.js';

const attentive = { limits: { redial: { firstMs: 20, longestMs: 100 }, aliveEveryMs: 60 } };
const inattentive = { limits: { aliveEveryMs: 600_000 } };

/** An edge and a core with a path between them. */
async function wired(t: TestContext, core: PartyOptions, edge: PartyOptions) {
  const mesh = await Mesh.of(t, 'edge1', 'core1');
  const edge1 = await mesh.edge('edge1', ['core1'], edge);
  const wire = await Wire.to(t, edge1.links.port() ?? 0);
  const core1 = await mesh.core('core1', [edge1], [], { ...core, port: wire.port });
  await Promise.all([isUp(edge1, 'core1'), isUp(core1, 'edge1')]);
  return { wire, edge: edge1, core: core1 };
}

/** Both ends, each with the name of the other. */
function ends(edge: Party, core: Party): readonly (readonly [Party, string])[] {
  return [
    [edge, 'core1'],
    [core, 'edge1'],
  ];
}

function turnsOf({ heard }: Party): readonly Heard[] {
  return heard.filter(({ type }) => type === 'up' || type === 'down');
}

async function turns(party: Party, count: number): Promise<readonly Heard[]> {
  await party.until(() => turnsOf(party).length >= count);
  return turnsOf(party).slice(0, count);
}

test('a peer that falls silent is noticed at both ends, and the link comes back', async (t) => {
  const { wire, edge, core } = await wired(t, attentive, attentive);
  wire.isOpen = false;
  wire.freeze();
  for (const [party, peer] of ends(edge, core)) {
    const reason = 'nothing was heard for 180 ms';
    assert.deepEqual(await turns(party, 2), [
      { type: 'up', peer },
      { type: 'down', peer, reason },
    ]);
  }
  wire.isOpen = true;
  for (const [party, peer] of ends(edge, core)) assert.deepEqual((await turns(party, 3))[2], { type: 'up', peer });
});

test('by default a silent peer is noticed in less than three seconds', () => {
  const { aliveEveryMs, silentPeriods } = defaultSignallingLimits;
  assert.ok(aliveEveryMs * (silentPeriods + 1) < 3_000, 'the last period may begin with a byte');
});

test('a broken connection is noticed at once, and the link comes back', async (t) => {
  const { wire, edge, core } = await wired(t, inattentive, inattentive);
  wire.cut();
  for (const [party, peer] of ends(edge, core)) {
    const [, down, up] = await turns(party, 3);
    assert.deepEqual([down?.type, up], ['down', { type: 'up', peer }]);
  }
});

test('a peer that comes again replaces its older connection, which may hang', async (t) => {
  const { wire, edge, core } = await wired(t, attentive, inattentive);
  wire.freeze();
  assert.deepEqual(await turns(edge, 3), [
    { type: 'up', peer: 'core1' },
    { type: 'down', peer: 'core1', reason: 'replaced by a newer connection of the same peer' },
    { type: 'up', peer: 'core1' },
  ]);
  await isUp(core, 'edge1');
});

test('a node that stops takes leave, after all that it had to say', async (t) => {
  const { edge, core } = await wired(t, {}, {});
  core.to('edge1').sendSip('flow', Buffer.from('last'));
  await core.links.stop();
  await edge.until(() => edge.heard.some(({ type }) => type === 'down'));
  const told = edge.heard.filter(({ type }) => type !== 'state');
  assert.deepEqual(told.slice(1), [
    { type: 'sip', peer: 'core1', flow: 'flow', text: 'last', note: {} },
    { type: 'down', peer: 'core1', reason: 'the core stops' },
  ]);
  assert.equal(edge.to('core1').sendSip('flow', Buffer.from('late')), false);
  assert.equal(edge.to('core1').peerState, undefined);
});

test('an edge that starts later is found', async (t) => {
  const mesh = await Mesh.of(t, 'edge1', 'core1');
  const first = await mesh.edge('edge1', ['core1']);
  const port = first.links.port() ?? 0;
  await first.links.stop();
  const core = await mesh.core('core1', [first], [], { port });
  await core.until(() => core.links.status()[0]?.state === 'down');
  await mesh.edge('edge1', ['core1'], { port });
  await isUp(core, 'edge1');
  assert.deepEqual(
    core.links.status().map(({ peer, service, state }) => [peer, service, state]),
    [['edge1', 'signalling', 'up']],
  );
});

test('what a peer does not read is bounded, and arrives whole when it reads again', async (t) => {
  const queueBytes = 256 * 1024;
  const limits = { aliveEveryMs: 600_000, queueBytes };
  const { wire, edge, core } = await wired(t, { limits }, { limits });
  wire.freeze();
  const message = Buffer.alloc(8_000, 'x');
  let sent = 0;
  let refused = 0;
  while (refused < 3) {
    while (core.to('edge1').sendSip('flow', message)) sent += 1;
    refused += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent >= 32, `the queue alone holds 32, and ${sent} were taken`);

  wire.thaw();
  const arrived = () => edge.heard.filter(({ type }) => type === 'sip');
  await edge.until(() => arrived().length === sent);
  assert.ok(
    arrived().every((one) => one.type === 'sip' && one.text.length === message.length),
    'every message is whole',
  );
});

test('nodes stop although nothing passes between them and much waits to be sent', async (t) => {
  const { wire, edge, core } = await wired(t, inattentive, inattentive);
  wire.freeze();
  const message = Buffer.alloc(100_000, 'x');
  while (core.to('edge1').sendSip('flow', message)) await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([core.links.stop(), edge.links.stop()]);
  assert.deepEqual(
    [edge, core].map(({ links }) => links.status()[0]?.reason),
    ['the edge stops', 'the core stops'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newMeter } from '../../../../src/platform/meter.js';
import { Mesh, isUp } from './mesh.js';

const rarely = { limits: { aliveEveryMs: 600_000 } };
const often = { limits: { aliveEveryMs: 40 } };
const cluster = { registrations: 20, peak: 30, isShared: true };
const load = { registrations: 12, calls: 3, cpu: 0.25, byEdge: { edge1: 12 }, cluster };

test('a peer knows the state of a node from the first moment on', async (t) => {
  const mesh = await Mesh.of(t, 'edge1', 'core1');
  const edge = await mesh.edge('edge1', ['core1'], rarely);
  edge.links.setOwnState({ load, ucNodes: {}, draining: true });
  const core = await mesh.core('core1', [edge], [], rarely);
  await isUp(core, 'edge1');
  assert.deepEqual(core.to('edge1').peerState, { load, ucNodes: {}, draining: true, stunAgreed: true });
});

test('a UC node that died, and a node that drains, are told at once', async (t) => {
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair(rarely, rarely);
  core.links.setOwnState({ load, ucNodes: { 'cucm-1': 'up' }, draining: false });
  core.links.setOwnState({ load, ucNodes: { 'cucm-1': 'down' }, draining: true });
  await edge.until(() => edge.heard.some(({ type }) => type === 'state'));
  const { ucNodes, draining } = edge.to('core1').peerState ?? {};
  assert.deepEqual({ ucNodes, draining }, { ucNodes: { 'cucm-1': 'down' }, draining: true });
  assert.equal(edge.heard.filter(({ type }) => type === 'state').length, 1, 'both changes came as one');
});

test('a state that cannot be told is told as far as it can be, and the link stays', async (t) => {
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair(rarely, rarely);
  const names = Array.from({ length: 300 }, (_, index) => `cucm-${index}`);
  core.links.setOwnState({
    load: { registrations: Number.NaN, calls: -1, cpu: Infinity, cluster: { ...cluster, peak: 0.5 } },
    ucNodes: Object.fromEntries(names.map((name) => [name, 'up'] as const)),
    draining: false,
  });
  await edge.until(() => Object.keys(edge.to('core1').peerState?.ucNodes ?? {}).length === 256);
  assert.deepEqual(edge.to('core1').peerState?.load, { registrations: 0, calls: 0 });
});

test('load goes with the signs of life, which measure the way there and back', async (t) => {
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair(often, often);
  core.links.setOwnState({ load, ucNodes: {}, draining: false });
  await edge.until(() => edge.to('core1').peerState?.load.registrations === 12);
  core.links.setOwnState({ load: { ...load, calls: 4 }, ucNodes: {}, draining: false });
  await edge.until(() => edge.to('core1').peerState?.load.calls === 4);
  const { roundTripMs = -1 } = edge.to('core1').peerState ?? {};
  assert.ok(roundTripMs >= 0, `measured as ${roundTripMs} ms`);
});

test('STUN keepalive is agreed while both ends want it, and both hear of every change', async (t) => {
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair(rarely, rarely);
  const both = async (wanted: boolean) => {
    await edge.until(() => edge.to('core1').peerState?.stunAgreed === wanted);
    await core.until(() => core.to('edge1').peerState?.stunAgreed === wanted);
  };
  const changes = () => [edge, core].map(({ heard }) => heard.filter(({ type }) => type === 'state').length);

  await both(true);
  core.links.setOwnSettings({ stunKeepalive: false });
  await both(false);
  assert.deepEqual(changes(), [1, 1]);

  edge.links.setOwnSettings({ stunKeepalive: false });
  core.links.setOwnSettings({ stunKeepalive: true });
  edge.links.setOwnSettings({ stunKeepalive: true });
  await both(true);
});

test('news of any number arrive, in frames that fit', async (t) => {
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair(rarely, rarely);
  const items = Array.from({ length: 12_000 }, (_, index) => `grant-${index}-${'x'.repeat(40)}`);
  assert.ok(core.to('edge1').sendNews({ topic: 'grants', items }), 'all of it is queued');
  assert.equal(core.to('edge1').sendNews({ topic: 'moved', items: ['x'.repeat(20_000)] }), false);
  const received = () => edge.heard.flatMap((one) => (one.type === 'news' ? one.news.items : []));
  await edge.until(() => received().length === items.length);
  assert.deepEqual(received(), items);
});

test('an edge and three cores are a full mesh with one link between any two', async (t) => {
  const mesh = await Mesh.of(t, 'edge1', 'core1', 'core2', 'core3');
  const listening = { listens: true };
  const edge = await mesh.edge('edge1', ['core1', 'core2', 'core3']);
  const core3 = await mesh.core('core3', [edge], ['core1', 'core2'], listening);
  const core2 = await mesh.core('core2', [edge], ['core1', core3], listening);
  const core1 = await mesh.core('core1', [edge], [core2, core3]);
  for (const party of [edge, core1, core2, core3]) for (const { peer } of party.links.links()) await isUp(party, peer);
  assert.equal(core1.links.port(), undefined, 'the first core only dials');
  assert.deepEqual(
    core2.links.links().map(({ peer, peerRole }) => [peer, peerRole]),
    [
      ['core1', 'core'],
      ['core3', 'core'],
      ['edge1', 'edge'],
    ],
  );

  assert.ok(core3.to('core1').sendNews({ topic: 'moved', items: ['SEP001122334455'] }), 'queued');
  await core1.until(() => core1.heard.some(({ type }) => type === 'news'));
});

test('links, their returns and their frames are measured', async (t) => {
  const meter = newMeter();
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair({}, { meter });
  core.to('edge1').sendStun('flow', Buffer.from('binding'));
  await edge.until(() => edge.heard.some(({ type }) => type === 'stun'));
  const text = await meter.expose();
  assert.match(text, /^fairlead_signalling_links_up 1$/m);
  assert.match(text, /^fairlead_signalling_link_ups_total{peer="core1"} 1$/m);
  assert.match(text, /^fairlead_signalling_frames_total{direction="received",type="stun"} 1$/m);
});

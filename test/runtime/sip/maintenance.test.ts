import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type SipNode, SipScene, until } from './sip-kit.js';

const fast = { comeBackJitterMs: 5, retryMs: 50, longestRetryMs: 200, stunIntervalMs: 200, stunPatienceMs: 3000 };
const standard = { capable: false, timing: fast } as const;

function others(nodes: readonly SipNode[], one: SipNode): SipNode {
  const [other] = nodes.filter((node) => node !== one);
  return other ?? assert.fail('there is no other node');
}

/** The core that has registrations. */
function busyCore(scene: SipScene): SipNode {
  return scene.cores.find(({ sip }) => sip.registrations().current > 0) ?? assert.fail('no core has registrations');
}

async function drained(scene: SipScene, core: SipNode): Promise<void> {
  core.drain.set(true);
  await until(() => scene.edges.every(({ links }) => links.to(core.name)?.peerState?.draining === true), 'it is told');
}

async function isListening(port: number | undefined): Promise<boolean> {
  const socket = connect(port ?? 0, '127.0.0.1');
  const opened = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return opened;
}

async function openUcCalls(scene: SipScene): Promise<number> {
  const calls = (await scene.registrar?.calls()) ?? [];
  return calls.filter(({ state }) => state !== 'ended').length;
}

function statuses(scene: SipScene): string {
  return JSON.stringify(scene.operations.failures);
}

test('the refresh of a capable phone moves it from a draining core to its peer, without a failed operation', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const phone = await scene.registered('CSFADA', { timing: fast });
  const core = busyCore(scene);
  await drained(scene, core);
  assert.ok(phone.isRegistered, 'nothing happens to a registration that is up');
  phone.start();
  await until(() => others(scene.cores, core).sip.registrations().current === 1, 'the peer has it');
  await until(() => core.sip.registrations().current === 0, 'the draining core is empty');
  const { name } = others(scene.cores, core);
  await until(() => phone.learned.routes.join().includes(`core=${name}`), 'the phone learnt the way');
  assert.equal(scene.operations.failures.length, 0, statuses(scene));
});

test('a phone that does not follow is told when to come again, and the draining core takes nobody new', async (t) => {
  const scene = await SipScene.of(t);
  await scene.registered('CSFADA', standard);
  await drained(scene, scene.core);
  scene.signIn(['CSFBOB']);
  scene.phone('CSFBOB', standard).start();
  await until(() => scene.operations.failures.length > 0, 'it was refused');
  assert.match(statuses(scene), /503/);
  assert.equal(scene.core.sip.registrations().current, 1, 'who was registered stays until it expires');
});

test('keepalives of a draining core stay alive until its phones have moved', async (t) => {
  const scene = await SipScene.of(t);
  const phone = await scene.registered('CSFADA', { timing: fast });
  await drained(scene, scene.core);
  const before = scene.operations.summary().operations;
  await until(() => scene.operations.summary().operations > before + 2, 'keepalives are answered');
  assert.ok(phone.isRegistered, 'the phone has no reason to leave');
  assert.equal(scene.operations.failures.length, 0, statuses(scene));
});

test('a call goes on while its core drains, its flow keeps its registration, and a new call is refused', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const ada = await scene.registered('CSFADA', { timing: fast });
  const called = await scene.registrar?.call('csfada');
  assert.equal(called?.state, 'answered', JSON.stringify(called));
  const core = busyCore(scene);
  await drained(scene, core);
  ada.start();
  await ada.registered();
  assert.equal(core.sip.registrations().current, 1, 'the flow that carries the call stays');
  const second = ada.call('csfada');
  assert.equal((await second.ended).status, 503);
  assert.match((await scene.registrar?.call('csfada'))?.end ?? '', /503/, 'nor does one come in');
  assert.equal(ada.calls.length, 1, 'the first call is up');
  assert.equal(core.sip.calls(), 1);
  ada.calls[0]?.hangUp();
  await until(() => core.sip.calls() === 0, 'it ends as calls do');
  ada.start();
  await until(() => others(scene.cores, core).sip.registrations().current === 1, 'now it moves');
});

test('a draining edge refuses refreshes, stops listening when its last session ends, and listens again', async (t) => {
  const scene = await SipScene.of(t, { edges: 2 });
  const [edge, peer] = [scene.edge, others(scene.edges, scene.edge)];
  const { sipTls, sipTcp } = edge.sip.ports();
  const phone = await scene.registered('CSFADA', { timing: fast });
  assert.equal((await scene.registrar?.call('csfada'))?.state, 'answered');
  edge.drain.set(true);
  phone.start();
  await phone.registered();
  assert.equal(edge.sip.registrations().current, 1, 'the flow carries a call');
  assert.ok(await isListening(sipTls), 'it listens while the call is up');
  phone.calls[0]?.hangUp();
  await until(() => edge.sip.calls() === 0, 'the call is over');
  phone.start();
  await until(() => peer.sip.registrations().current === 1, 'the phone came to the other edge');
  await until(async () => !(await isListening(sipTls)) && !(await isListening(sipTcp)), 'the ports are closed');
  edge.drain.set(false);
  await until(async () => (await isListening(sipTls)) && (await isListening(sipTcp)), 'the ports are open again');
  assert.deepEqual(edge.sip.ports().sipTls, sipTls);
});

test('a core without sessions stops listening to UC nodes in maintenance mode, and listens again', async (t) => {
  const scene = await SipScene.of(t);
  const { sipTcp } = scene.core.sip.ports();
  scene.core.drain.set(true);
  await until(async () => !(await isListening(sipTcp)), 'the port is closed');
  scene.core.drain.set(false);
  await until(() => isListening(sipTcp), 'the port is open again');
  await until(() => scene.edge.links.to('core1')?.peerState?.draining === false, 'the edge knows');
  await scene.registered('CSFADA');
  assert.equal((await scene.registrar?.call('csfada'))?.state, 'answered');
});

test('calls of excluded endpoints are dropped when maintenance mode begins, and others are not', async (t) => {
  const scene = await SipScene.of(t);
  const room = await scene.registered('SEPROOM', { userAgent: 'TANDBERG/529 (ce9.15.3)', timing: fast });
  const ada = await scene.registered('CSFADA', { timing: fast });
  assert.equal((await scene.registrar?.call('seproom'))?.state, 'answered');
  assert.equal((await scene.registrar?.call('csfada'))?.state, 'answered');
  assert.equal(scene.core.sip.excludedCalls(), 1);
  assert.equal(scene.edge.sip.excludedCalls(), 1);
  scene.core.drain.set(true);
  await until(() => room.calls.length === 0, 'the room was told with a BYE');
  await until(async () => (await openUcCalls(scene)) === 1, 'the UC side was told, too');
  assert.equal(ada.calls.length, 1);
  assert.equal(scene.core.sip.calls(), 1);
});

test('a list of excluded endpoints that is empty lets every call go on', async (t) => {
  const scene = await SipScene.of(t);
  await scene.apply([{ kind: 'SipTransport', name: 'default', spec: { endedByMaintenance: [] } }]);
  const room = await scene.registered('SEPROOM', { userAgent: 'TANDBERG/529 (ce9.15.3)', timing: fast });
  assert.equal((await scene.registrar?.call('seproom'))?.state, 'answered');
  scene.edge.drain.set(true);
  scene.core.drain.set(true);
  room.start();
  await room.registered();
  assert.equal(room.calls.length, 1);
});

test('what outlasts the deadline is ended: the parties get a BYE, and the flows close', async (t) => {
  const scene = await SipScene.of(t, { edges: 2 });
  const [edge, peer] = [scene.edge, others(scene.edges, scene.edge)];
  const phone = await scene.registered('CSFADA', { timing: fast });
  assert.equal((await scene.registrar?.call('csfada'))?.state, 'answered');
  const [call] = phone.calls;
  edge.drain.set(true);
  edge.drain.expire();
  assert.equal((await call?.ended)?.by, 'there');
  await until(async () => (await openUcCalls(scene)) === 0, 'the UC side was told');
  await until(() => peer.sip.registrations().current === 1, 'the phone came to the other edge');
  await until(async () => !(await isListening(edge.sip.ports().sipTls)), 'the port is closed');
});

test('what outlasts the deadline of a core is ended, and its phones come through the peer', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const phone = await scene.registered('CSFADA', { timing: fast });
  assert.equal((await scene.registrar?.call('csfada'))?.state, 'answered');
  const core = busyCore(scene);
  await drained(scene, core);
  core.drain.expire();
  await until(() => phone.calls.length === 0, 'the call is over');
  await until(() => others(scene.cores, core).sip.registrations().current === 1, 'it came through the peer');
  await until(() => core.sip.registrations().current === 0, 'nothing is left');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateNameOf } from '../link/signalling/mesh.js';
import { SipScene, ucHost, until } from './sip-kit.js';

const fast = { comeBackJitterMs: 5, retryMs: 50, longestRetryMs: 200, stunIntervalMs: 300, stunPatienceMs: 3000 };

function coreOf(scene: SipScene, registrations: number) {
  const core = scene.cores.find(({ sip }) => sip.registrations().current === registrations);
  if (core === undefined) throw new Error(`no core has ${registrations} registrations`);
  return core;
}

test('a capable phone whose core dies learns it by its keepalive and is registered through the other one', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const phone = await scene.registered('CSFADA', { timing: fast });
  const [dead, other] = [coreOf(scene, 1), coreOf(scene, 0)];
  await dead.stop();
  await until(() => other.sip.registrations().current === 1, 'it came through the other core');
  await phone.registered();
  assert.deepEqual(scene.edge.sip.registrations(), { current: 1, peak: 1 });
  const called = await scene.registrar?.call('csfada');
  assert.equal(called?.state, 'answered', JSON.stringify(called));
});

test('a REGISTER of a capable phone that meets a dead core is answered through the other one', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const phone = await scene.registered('CSFADA', { timing: { ...fast, stunIntervalMs: 60_000 } });
  const [dead, other] = [coreOf(scene, 1), coreOf(scene, 0)];
  await dead.stop();
  phone.start();
  await until(() => other.sip.registrations().current === 1, 'it came through the other core');
  assert.equal(scene.operations.failures.length, 0, JSON.stringify(scene.operations.failures));
});

test('a phone that does not follow is not led away, and comes back as a new one', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const phone = await scene.registered('CSFADA', { capable: false, timing: fast });
  const [dead, other] = [coreOf(scene, 1), coreOf(scene, 0)];
  await dead.stop();
  phone.start();
  await until(() => scene.operations.failures.length > 0, 'its refresh was refused');
  assert.match(JSON.stringify(scene.operations.failures), /503/);
  await until(() => other.sip.registrations().current === 1, 'it registered anew through the other core');
  await until(() => scene.edge.sip.registrations().current === 1, 'the edge counts it');
});

test('a dead UC node is told to phones at their next keepalive, and an idle one that knows no STUN is not dead', async (t) => {
  const scene = await SipScene.of(t);
  await scene.registrar?.setStun('unsupported');
  const phone = await scene.registered('CSFADA', { timing: fast });
  await until(() => scene.operations.summary().operations > 4, 'keepalives were answered');
  assert.ok(phone.isRegistered, 'it was never told otherwise');
  await scene.registrar?.setFault(ucHost, { type: 'refuse' });
  await until(() => !phone.isRegistered, 'it learnt of it');
  await scene.registrar?.setFault(ucHost);
  await phone.registered();
  assert.equal(scene.edge.sip.registrations().current, 1);
});

test('a call whose core dies is dropped, counted, and ended at the phone', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const ada = await scene.registered('CSFADA', { timing: fast });
  const called = scene.registrar?.call('csfada');
  await until(() => ada.calls.length === 1, 'it rings');
  assert.equal((await called)?.state, 'answered');
  const [dead] = [coreOf(scene, 1)];
  await dead.stop();
  await until(() => ada.calls.length === 0, 'the phone was told with a BYE');
  assert.equal(scene.edge.sip.calls(), 0);
});

test('the devices of an edge that is gone without a word count no more after a while', async (t) => {
  const scene = await SipScene.of(t);
  await scene.registered('CSFADA', { capable: false });
  await scene.edge.links.stop();
  await until(() => scene.core.links.to('edge1')?.isUp === false, 'the link is down');
  assert.equal(scene.core.sip.registrations().current, 1, 'it may come back');
  await until(() => scene.core.sip.registrations().current === 0, 'it did not');
});

test('a core that has started again takes calls of clients that registered before', async (t) => {
  const scene = await SipScene.of(t);
  const phone = await scene.registered('CSFADA', { timing: { ...fast, stunIntervalMs: 60_000 } });
  await scene.core.stop();
  scene.cores.length = 0;
  await scene.startCore('core1', ['core1']);
  await scene.linked();
  const call = phone.call('nobody');
  await call.ended;
  assert.match(JSON.stringify(call.end), /404/, 'the UC node answers, where the core would say 403');
});

test('a device that moves to another core counts there alone', async (t) => {
  const scene = await SipScene.of(t, { cores: 2, edges: 2 });
  const phones = await Promise.all(['CSFADA', 'CSFBOB', 'CSFEVE'].map((device) => scene.registered(device)));
  assert.equal(phones.length, 3);
  const total = () => scene.cores.reduce((sum, { sip }) => sum + sip.registrations().current, 0);
  assert.equal(total(), 3);
  await scene.edges[0]?.stop();
  await until(() => scene.edges[1]?.sip.registrations().current === 3, 'all came to the other edge');
  await until(() => total() === 3, 'none counts twice');
});

test('a core that starts again learns from edges the grants that it has to give to others', async (t) => {
  const scene = await SipScene.of(t, { edges: 2 });
  await scene.registered('CSFADA', { timing: fast });
  await scene.core.stop();
  const core = await scene.startCore('core1', ['core1']);
  await until(() => scene.edges.every(({ links }) => links.to('core1')?.isUp === true), 'the core is back');
  const port = scene.edges[1]?.links.port() ?? 0;
  await scene.edges[1]?.stop();
  const edge = await scene.startEdge('edge2', ['core1'], port);
  await until(() => edge.links.to('core1')?.isUp === true, 'the other edge is back');
  const target = { host: certificateNameOf('edge2'), port: edge.sip.ports().sipTls ?? 0, address: '127.0.0.1' };
  const phone = scene.phone('CSFADA', { timing: fast, targets: [{ flow: { protocol: 'TLS', ...target } }] });
  phone.start();
  await phone.registered();
  await until(() => core.sip.registrations().current === 1, 'it counts once');
});

test('a core that was cut off forgets the devices that came through another one meanwhile', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const phone = await scene.registered('CSFADA', { timing: { ...fast, stunIntervalMs: 60_000 } });
  const [before, next] = [coreOf(scene, 1), coreOf(scene, 0)];
  scene.edge.heldBack.add(before.name);
  phone.start();
  await until(() => next.sip.registrations().current === 1, 'it moved');
  await until(() => before.sip.registrations().current === 0, 'it is counted once');
});

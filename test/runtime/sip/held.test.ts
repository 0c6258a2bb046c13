import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SipNode, SipScene, until } from './sip-kit.js';

const fast = { comeBackJitterMs: 5, retryMs: 50, longestRetryMs: 200, stunIntervalMs: 60_000 };

function busyCore(scene: SipScene): SipNode {
  return scene.cores.find(({ sip }) => sip.registrations().current > 0) ?? assert.fail('no core has registrations');
}

function failures(scene: SipScene): string {
  return JSON.stringify(scene.operations.failures);
}

test('an edge that is behind refuses who registers, and serves as soon as it has caught up', async (t) => {
  const scene = await SipScene.of(t);
  scene.edge.heldBack.add(scene.edge.name);
  scene.signIn(['CSFADA']);
  const phone = scene.phone('CSFADA', { timing: fast });
  phone.start();
  await until(() => scene.operations.failures.length > 0, 'it was refused');
  assert.match(failures(scene), /503/);
  assert.equal(scene.core.sip.registrations().current, 0);
  scene.edge.heldBack.clear();
  phone.start();
  await phone.registered();
  assert.equal(scene.edge.sip.registrations().current, 1);
});

test('an edge that is behind lets no new call in, in either direction, and a call that is up goes on', async (t) => {
  const scene = await SipScene.of(t);
  const ada = await scene.registered('CSFADA', { timing: fast });
  const bob = await scene.registered('CSFBOB', { timing: fast });
  const call = ada.call('csfbob');
  assert.equal((await call.settled).state, 'answered');
  scene.edge.heldBack.add(scene.edge.name);
  const refused = await scene.registrar?.call('csfbob');
  assert.equal(refused?.state, 'ended', JSON.stringify(refused));
  assert.equal((await bob.call('csfada').settled).state, 'ended');
  assert.equal(call.state, 'answered');
  call.hangUp();
  await until(() => bob.calls.length === 0, 'the BYE passed');
});

test('a core that is behind is chosen by no edge, and a capable phone leaves it at its refresh without a failure', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const ada = await scene.registered('CSFADA', { timing: fast });
  const behind = busyCore(scene);
  const current = scene.cores.find((core) => core !== behind) ?? assert.fail('there is no other core');
  scene.edge.heldBack.add(behind.name);
  ada.start();
  await until(() => current.sip.registrations().current === 1, 'it moved');
  await scene.registered('CSFBOB', { timing: fast });
  await scene.registered('CSFEVE', { timing: fast, capable: false });
  assert.equal(current.sip.registrations().current, 3);
  assert.equal(scene.operations.failures.length, 0, failures(scene));
});

test('a core that knows that it is behind refuses although the edge has not heard of it, and the next core serves', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  const [behind, current] = scene.cores;
  behind?.heldBack.add(behind.name);
  for (const device of ['CSFADA', 'CSFBOB']) await scene.registered(device, { timing: fast });
  assert.equal(behind?.sip.registrations().current, 0);
  assert.equal(current?.sip.registrations().current, 2);
});

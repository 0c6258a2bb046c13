import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipScene, until } from './sip-kit.js';

test('a device of a user who signed in registers through edge and core, and is counted on both', async (t) => {
  const scene = await SipScene.of(t);
  const phone = await scene.registered('CSFADA');
  assert.ok(phone.isRegistered, 'the phone has its 200');
  assert.deepEqual(scene.edge.sip.registrations(), { current: 1, peak: 1 });
  assert.deepEqual(scene.core.sip.registrations(), { current: 1, peak: 1 });
  assert.equal(await scene.registrar?.registered(), 1);
  await phone.stop();
  await until(() => scene.edge.sip.registrations().current === 0, 'the device is gone');
  assert.deepEqual(scene.core.sip.registrations(), { current: 0, peak: 1 });
});

test('a device of nobody who signed in is refused, and told nothing', async (t) => {
  const scene = await SipScene.of(t);
  const stranger = scene.phone('CSFEVE', { capable: false });
  stranger.start();
  await until(() => scene.operations.failures.length > 0, 'it was refused');
  assert.equal(scene.edge.sip.registrations().current, 0);
  assert.equal(await scene.registrar?.registered(), 0);
  assert.match(JSON.stringify(scene.operations.failures), /403/);
});

test('phones call each other through the UC node, and calls end on both sides', async (t) => {
  const scene = await SipScene.of(t);
  const ada = await scene.registered('CSFADA');
  const bob = await scene.registered('CSFBOB');
  const call = ada.call('csfbob');
  await call.settled;
  assert.equal(call.state, 'answered', JSON.stringify(call.end));
  assert.equal(scene.edge.sip.calls(), 2, 'one leg of each phone');
  assert.equal(bob.calls.length, 1);
  call.hangUp();
  await until(() => bob.calls.length === 0 && scene.edge.sip.calls() === 0, 'the call is over everywhere');
});

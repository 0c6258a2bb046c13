import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import { SipScene, until } from './sip-kit.js';

/** All phones share one address here. */
const connectionRate = { mode: 'off' } as const;

test('an apply over a thousand registrations and a call costs no operation', async (t) => {
  const scene = await SipScene.of(t, { documents: [{ kind: 'SipTransport', spec: { connectionRate } }] });
  const devices = Array.from({ length: 1000 }, (_, index) => `CSF${index}`);
  const phones: LabPhone[] = [];
  for (let from = 0; from < devices.length; from += 100) {
    const some = devices.slice(from, from + 100).map((device) => scene.registered(device));
    phones.push(...(await Promise.all(some)));
  }
  assert.equal(scene.edge.sip.registrations().current, 1000);
  const call = phones[0]?.call('csf1');
  await call?.settled;
  await scene.apply([
    { kind: 'SipTransport', spec: { connectionRate, maximumHeaderCount: 150, timers: { idleTimeoutSeconds: 600 } } },
    { kind: 'RegistrationFailover', spec: { stunKeepalive: { intervalSeconds: 20 } } },
  ]);
  assert.deepEqual(scene.edge.sip.registrations(), { current: 1000, peak: 1000 });
  assert.deepEqual(scene.core.sip.registrations(), { current: 1000, peak: 1000 });
  assert.equal(call?.state, 'answered', 'the call goes on');
  phones[500]?.start();
  assert.equal((await scene.registrar?.call('csf999'))?.state, 'answered');
  call.hangUp();
  await until(() => phones[1]?.calls.length === 0, 'the other side hung up');
  assert.equal(scene.operations.failures.length, 0, JSON.stringify(scene.operations.failures[0]));
});

test('registrations expire by themselves when their phones are gone without a word', async (t) => {
  const scene = await SipScene.of(t, { expiresSeconds: 2 });
  const phone = await scene.registered('CSFADA', { capable: false });
  assert.equal(scene.core.sip.registrations().current, 1);
  phone.kill();
  await until(() => scene.edge.sip.registrations().current === 0, 'the edge saw the connection go');
  await until(() => scene.core.sip.registrations().current === 0, 'the core was told');
  assert.deepEqual(scene.core.sip.registrations(), { current: 0, peak: 1 });
});

test('what edge and core are told about keepalives holds only where both agree', async (t) => {
  const scene = await SipScene.of(t);
  await scene.registered('CSFADA');
  const agreed = () => scene.edge.links.links()[0]?.peerState?.stunAgreed;
  await until(() => agreed() === true, 'both want keepalives');
  const off = [{ kind: 'RegistrationFailover', spec: { stunKeepalive: { enabled: false } } } as const];
  await scene.applyTo([scene.core], off);
  await until(() => agreed() === false, 'one of them does not');
  await scene.apply([]);
  await until(() => agreed() === true, 'both do again');
});

test('a user whose password was changed is refused at the next refresh', async (t) => {
  const scene = await SipScene.of(t);
  const phone = await scene.registered('CSFADA');
  scene.revoke(['CSFADA']);
  phone.start();
  await until(() => scene.operations.failures.length > 0, 'the refresh was refused');
  assert.match(JSON.stringify(scene.operations.failures), /403/);
});

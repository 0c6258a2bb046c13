import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipScene, until } from './sip-kit.js';

for (const sipProtocol of ['tcp', 'udp', 'tls'] as const) {
  for (const registrationMode of ['contact', 'path'] as const) {
    test(`phones register and call both ways over ${sipProtocol}, in ${registrationMode} mode`, async (t) => {
      const documents = [{ kind: 'SipTransport', spec: { registrationMode } } as const];
      const scene = await SipScene.of(t, { sipProtocol, documents });
      const ada = await scene.registered('CSFADA');
      const bob = await scene.registered('CSFBOB');
      assert.equal(scene.core.sip.registrations().current, 2);
      const out = ada.call('csfbob');
      await out.settled;
      assert.equal(out.state, 'answered', JSON.stringify(out.end));
      const called = await scene.registrar?.call('csfada');
      assert.equal(called?.state, 'answered', JSON.stringify(called));
      await scene.registrar?.hangUp(called.id);
      out.hangUp();
      await until(() => ada.calls.length + bob.calls.length === 0, 'the calls are over');
      assert.equal(await scene.registrar?.ask('csfbob', 'OPTIONS'), 200);
      assert.deepEqual([...ada.unexpected, ...bob.unexpected], []);
      assert.deepEqual((await scene.registrar?.record())?.unscripted, []);
    });
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../runtime/sip/sip-kit.js';
import { registrationModes, Site } from './site.js';

const devicesOfAUser = 50;

for (const mode of registrationModes) {
  test(`SIPp registers with Kamailio, refreshes and leaves, in ${mode} mode`, async (t) => {
    const site = await Site.of(t, { registrationMode: mode });
    if (site === undefined) return;
    const { scene, kamailio } = site;
    scene.signIn(['alice']);
    const alice = await site.outside({ scenario: 'register', words: { user: 'alice', hold: 1500 } });
    await until(async () => (await kamailio.bindings()).length === 1, 'Kamailio knows her');
    const [binding] = await kamailio.bindings();
    assert.equal(binding?.aor, 'alice');
    if (mode === 'contact') {
      assert.match(
        binding.contact,
        /^sip:alice@127\.0\.0\.1:\d+;transport=tcp;orig-hostport=127\.0\.0\.1:\d+;orig-transport=TCP;fl=edge1~[\w-]{22}$/,
      );
      assert.equal(binding.path, '[not set]');
    } else {
      assert.match(binding.contact, /^sip:alice@127\.0\.0\.1:\d+;transport=TCP$/);
      assert.match(
        binding.path,
        /^<sip:core1@127\.0\.0\.1:\d+;transport=tcp;lr;uc=cucm\.test\.example>, ?<sip:[\w-]{22}@edge1\.test\.example:\d+;transport=tcp;lr;edge=edge1;ob>$/,
      );
    }
    assert.deepEqual(scene.edge.sip.registrations(), { current: 1, peak: 1 });
    await until(async () => ((await kamailio.bindings())[0]?.expiresSeconds ?? 0) > 60, 'she refreshed for 90 seconds');
    await alice.succeeded();
    assert.deepEqual(await kamailio.bindings(), []);
    for (const { sip } of [scene.edge, scene.core]) assert.deepEqual(sip.registrations(), { current: 0, peak: 1 });
  });

  test(`digest challenges of Kamailio reach SIPp unharmed, in ${mode} mode`, async (t) => {
    const site = await Site.of(t, { registrationMode: mode, password: 'swordfish' });
    if (site === undefined) return;
    const { scene, kamailio } = site;
    scene.signIn(['alice']);
    const right = await site.outside({ scenario: 'register-digest', words: { user: 'alice', password: 'swordfish' } });
    await right.succeeded();
    const wrong = await site.outside({
      scenario: 'register-wrong-password',
      words: { user: 'alice', password: 'carp' },
    });
    await wrong.succeeded();
    assert.deepEqual(await kamailio.bindings(), []);
    assert.deepEqual(scene.edge.sip.registrations(), { current: 0, peak: 1 });
  });
}

test('Kamailio never hears of somebody who did not sign in', async (t) => {
  const site = await Site.of(t);
  if (site === undefined) return;
  const { scene, kamailio } = site;
  scene.signIn(['alice']);
  const mallory = await site.outside({ scenario: 'stranger', words: { user: 'mallory' } });
  await mallory.succeeded();
  assert.deepEqual(await kamailio.bindings(), []);
});

test('1,200 phones with a connection each are counted exactly, and are gone when their time is over', async (t) => {
  const site = await Site.of(t);
  if (site === undefined) return;
  const { scene, kamailio } = site;
  const count = 1200;
  const names = Array.from({ length: count }, (_, index) => `phone${index + 1}`);
  for (let first = 0; first < count; first += devicesOfAUser) scene.signIn(names.slice(first, first + devicesOfAUser));
  const crowd = { scenario: 'crowd', transport: 'tn', calls: count, callsPerSecond: 200 } as const;
  const sipp = await site.outside({ ...crowd, words: { lifetime: 12 } });
  await until(() => scene.edge.sip.registrations().current === count, 'all are registered');
  assert.deepEqual(scene.core.sip.registrations(), { current: count, peak: count });
  assert.equal((await kamailio.bindings()).length, count);
  await until(() => scene.edge.sip.registrations().current === 0, 'the edge forgot them');
  await until(() => scene.core.sip.registrations().current === 0, 'the core forgot them');
  for (const { sip } of [scene.edge, scene.core]) assert.deepEqual(sip.registrations(), { current: 0, peak: count });
  await until(async () => (await kamailio.bindings()).length === 0, 'so did Kamailio');
  await sipp.stop();
});

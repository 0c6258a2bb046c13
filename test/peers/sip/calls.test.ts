import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../../src/lab/estate/free-port.js';
import { until } from '../../runtime/sip/sip-kit.js';
import { registrationModes, Site } from './site.js';

const words = { hold: 200 };
const caller = { ...words, user: 'alice', callee: 'bob' };
const callee = { ...words, user: 'bob' };

/** How a call goes: the caller's scenario without its place, and the callee's. */
const courses = [
  { title: 'is answered, changed and hung up by the caller', caller: 'caller', callee: 'callee' },
  { title: 'is answered and hung up by the callee', caller: 'caller-waits', callee: 'callee-hangs-up' },
  { title: 'is given up while it rings', caller: 'caller-cancels', callee: 'callee-cancelled' },
  { title: 'is refused with 486', caller: 'caller-refused', callee: 'callee-refuses', status: 486 },
  { title: 'is refused with 603', caller: 'caller-refused', callee: 'callee-refuses', status: 603 },
] as const;

/** Waits until no call is left anywhere. */
async function quiet({ scene }: Site): Promise<void> {
  await until(() => scene.edge.sip.calls() === 0 && scene.core.sip.calls() === 0, 'no call is left');
}

for (const registrationMode of registrationModes) {
  for (const course of courses) {
    const status = 'status' in course ? { status: course.status } : {};

    test(`a call from outside to an inside phone ${course.title}, in ${registrationMode} mode`, async (t) => {
      const site = await Site.of(t, { registrationMode });
      if (site === undefined) return;
      site.scene.signIn(['alice']);
      const localPort = await freePort(['127.0.0.1'], new Set());
      await site.kamailio.addInside('bob', localPort);
      const bob = await site.inside({
        scenario: course.callee,
        isServer: true,
        localPort,
        words: { ...callee, ...status },
      });
      const alice = await site.outside({ scenario: `outside-${course.caller}`, words: { ...caller, ...status } });
      await alice.succeeded();
      await bob.succeeded();
      await quiet(site);
    });

    test(`a call from inside to an outside phone ${course.title}, in ${registrationMode} mode`, async (t) => {
      const site = await Site.of(t, { registrationMode });
      if (site === undefined) return;
      site.scene.signIn(['bob']);
      const bob = await site.outside({
        scenario: 'outside-stays',
        answers: course.callee,
        words: { ...callee, ...status },
      });
      await bob.said('registered');
      const alice = await site.inside({ scenario: `inside-${course.caller}`, words: { ...caller, ...status } });
      await alice.succeeded();
      await bob.said('the call ended well');
      await quiet(site);
    });
  }

  test(`two outside phones call each other through Kamailio, in ${registrationMode} mode`, async (t) => {
    const site = await Site.of(t, { registrationMode });
    if (site === undefined) return;
    const { scene } = site;
    scene.signIn(['alice', 'bob']);
    const bob = await site.outside({ scenario: 'outside-stays', answers: 'callee', words: callee });
    await bob.said('registered');
    const alice = await site.outside({ scenario: 'outside-caller', words: { ...caller, hold: 700 } });
    await until(() => scene.edge.sip.calls() === 2, 'both legs are up');
    assert.equal(scene.core.sip.calls(), 2);
    await alice.succeeded();
    await bob.said('the call ended well');
    await quiet(site);
  });
}

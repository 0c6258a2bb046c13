import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../../src/lab/estate/free-port.js';
import { until } from '../../runtime/sip/sip-kit.js';
import { Rtpengine } from './rtpengine.js';
import { Site } from './site.js';

const words = { user: 'alice', callee: 'bob' };

function relayAt(port: number) {
  return { transport: { mediaRelay: { servers: [{ host: '127.0.0.1', port }], requestTimeoutMilliseconds: 500 } } };
}

test('rtpengine carries a call from outside to inside from its offer to its end, through a change by re-INVITE', async (t) => {
  const relay = await Rtpengine.of(t);
  const site = relay && (await Site.of(t, relayAt(relay.port)));
  if (relay === undefined || site === undefined) {
    t.skip('rtpengine is not installed, and only root can install it');
    return;
  }
  site.scene.signIn(['alice']);
  const localPort = await freePort(['127.0.0.1'], new Set());
  await site.kamailio.addInside('bob', localPort);
  const bob = await site.inside({ scenario: 'callee', isServer: true, localPort, words: { user: 'bob' } });
  const alice = await site.outside({ scenario: 'outside-caller', words: { ...words, hold: 500 } });
  await until(async () => (await relay.calls()).length === 1, 'the relay has the call');
  await alice.succeeded();
  await bob.succeeded();
  await until(async () => (await relay.calls()).length === 0, 'the relay let go of the call');
  assert.equal(relay.log.match(/Received command 'offer'/g)?.length, 2);
  assert.equal(relay.log.match(/Received command 'answer'/g)?.length, 2);
  assert.equal(relay.log.match(/Received command 'delete'/g)?.length, 1);
});

test('a call that is given up leaves nothing on rtpengine', async (t) => {
  const relay = await Rtpengine.of(t);
  const site = relay && (await Site.of(t, relayAt(relay.port)));
  if (relay === undefined || site === undefined) {
    t.skip('rtpengine is not installed, and only root can install it');
    return;
  }
  site.scene.signIn(['bob']);
  const bob = await site.outside({ scenario: 'outside-stays', answers: 'callee-cancelled', words: { user: 'bob' } });
  await bob.said('registered');
  const alice = await site.inside({ scenario: 'inside-caller-cancels', words });
  await alice.succeeded();
  await bob.said('the call ended well');
  await until(async () => (await relay.calls()).length === 0, 'the relay let go of the call');
  assert.match(relay.log, /Received command 'delete'/);
});

test('a call is refused with 503 while no relay answers', async (t) => {
  const site = await Site.of(t, relayAt(await freePort(['127.0.0.1'], new Set())));
  if (site === undefined) return;
  site.scene.signIn(['alice']);
  const alice = await site.outside({ scenario: 'outside-caller-refused', words: { ...words, status: 503 } });
  await alice.succeeded();
  assert.equal(site.scene.edge.sip.calls(), 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxySite } from './proxy-site.js';

const flood = 2_000;

test('a flood of requests that nobody answers is bounded: beyond, each is refused with 503 and Retry-After', () => {
  const site = new ProxySite({ settings: { maximumTransactions: 200 } });
  for (let count = 0; count < flood; count += 1) site.client.request('MESSAGE', { branch: `z9hG4bK-${count}` });
  site.settle();
  assert.deepEqual(site.open(), [100, 100]);
  assert.equal(site.client.waiting, flood - 100);
  assert.ok(site.client.take(503).has('retry-after'), 'the 503 does not say when to come again');
  assert.equal(site.engine.stats().refusedRequests, flood - 100);
  site.clock.advance(33_000);
  assert.deepEqual(site.open(), [0, 0]);
  assert.equal(site.clock.pendingTimers, 0);
});

test('the ACK of a refused INVITE ends here', () => {
  const site = new ProxySite({ settings: { maximumTransactions: 0 } });
  site.client.request('INVITE');
  site.settle();
  const refusal = site.client.take(503);
  site.client.request('ACK', { toTag: refusal.toTag });
  site.settle();
  assert.equal(site.routed.length, 0);
});

test('one hop cannot take what belongs to all', () => {
  const site = new ProxySite({ servers: 2, role: { pendingLimit: () => 10 } });
  for (let count = 0; count < 50; count += 1) site.client.request('MESSAGE', { branch: `z9hG4bK-${count}` });
  site.settle();
  assert.deepEqual(site.open(), [10, 10]);
  site.servers[1]!.request('NOTIFY', { via: 'SIP/2.0/TCP 198.51.100.2:5060;branch=z9hG4bK-n' });
  site.settle();
  assert.deepEqual(site.open(), [11, 11]);
});

test('a flood of responses without a transaction changes nothing but a count', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS');
  site.settle();
  const sent = site.server.take('OPTIONS');
  const via = sent.topVia?.text ?? '';
  for (let count = 0; count < flood; count += 1) {
    const forged = sent.clone();
    forged.replaceFirstValue('via', via.replace(/branch=.*$/, `branch=z9hG4bKfl${count}`));
    site.server.answer(forged, 200);
  }
  site.settle();
  assert.equal(site.engine.stats().strayResponses, flood);
  assert.deepEqual(site.open(), [1, 1]);
  assert.equal(site.client.waiting, 0);
});

test('a flood of requests on one branch is found in short time and ends clean', () => {
  const site = new ProxySite();
  for (let count = 0; count < flood; count += 1)
    site.client.request('MESSAGE', { via: `SIP/2.0/TCP 10.0.${count >> 8}.${count & 255}:5060;branch=z9hG4bK-1` });
  site.clock.advance(40_000);
  assert.deepEqual(site.open(), [0, 0]);
});

test('thousands of calls that come and go leave no listener on their hops', () => {
  const site = new ProxySite();
  for (let count = 0; count < 1_000; count += 1) {
    site.client.request('INVITE', { branch: `z9hG4bK-${count}`, callId: `call-${count}` });
    site.settle();
    site.server.answer(site.server.take('INVITE'), 486);
    site.settle();
    site.client.request('ACK', { branch: `z9hG4bK-${count}`, callId: `call-${count}`, toTag: 'b1' });
    site.settle();
    site.client.rest();
    site.server.rest();
  }
  assert.deepEqual(site.open(), [0, 0]);
  assert.equal(site.serverHops[0]?.listenerCount, 1);
  assert.equal(site.clientHop.listenerCount, 1);
});

test('a flood of calls that the role refuses over a connection leaves nothing, and their ACKs go nowhere', () => {
  const site: ProxySite = new ProxySite({
    role: {
      route: ({ method }) =>
        method === 'ACK' ? { type: 'forward', candidates: site.candidates() } : { type: 'reject', statusCode: 403 },
    },
  });
  for (let count = 0; count < flood; count += 1) site.client.request('INVITE', { branch: `z9hG4bK-${count}` });
  site.settle();
  assert.deepEqual(site.open(), [0, 0]);
  for (let count = 0; count < flood; count += 1)
    site.client.request('ACK', { branch: `z9hG4bK-${count}`, toTag: site.client.take(403).toTag });
  site.settle();
  assert.equal(site.server.waiting, 0);
  assert.equal(site.engine.stats().failures, 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxySite } from './proxy-site.js';

const udp = { protocol: 'UDP' } as const;

function ring(site: ProxySite) {
  site.client.request('INVITE');
  site.settle();
  site.client.take(100);
  const invite = site.server.take('INVITE');
  site.server.answer(invite, 180);
  site.settle();
  site.client.take(180);
  return invite;
}

test('an INVITE gets its 100 from us, and the 100 of the next hop ends there', () => {
  const site = new ProxySite();
  site.client.request('INVITE');
  site.settle();
  site.client.take(100);
  site.server.answer(site.server.take('INVITE'), 100);
  site.settle();
  assert.equal(site.client.waiting, 0);
});

test('a 2xx ends the INVITE, and its ACK goes end to end with a branch of its own', () => {
  const site = new ProxySite();
  const invite = ring(site);
  site.server.answer(invite, 200);
  site.settle();
  site.client.take(200);
  site.client.request('ACK', { branch: 'z9hG4bK-ack', toTag: 'b1' });
  site.settle();
  const ack = site.server.take('ACK');
  assert.notEqual(ack.topVia?.branch, invite.topVia?.branch);
  assert.equal(ack.maxForwards, 69);
  site.clock.advance(40_000);
  assert.deepEqual(site.open(), [0, 0]);
});

test('an ACK that repeats the branch of its INVITE still reaches the other end after a 2xx', () => {
  const site = new ProxySite();
  site.server.answer(ring(site), 200);
  site.settle();
  site.client.take(200);
  site.client.request('ACK', { toTag: 'b1' });
  site.settle();
  site.server.take('ACK');
});

test('each repeated 2xx goes back, so that a lost ACK is mended', () => {
  const site = new ProxySite({ server: udp });
  const invite = ring(site);
  for (let count = 0; count < 3; count += 1) site.server.answer(invite, 200);
  site.settle();
  assert.deepEqual(site.client.rest(), [200, 200, 200]);
});

test('the 2xx of every fork goes back, the ones that come later too', () => {
  const site = new ProxySite();
  const invite = ring(site);
  site.server.answer(invite, 200, [], 'fork-1');
  site.settle();
  site.clock.advance(5_000);
  site.server.answer(invite, 200, [], 'fork-2');
  site.settle();
  assert.deepEqual([site.client.take(200).toTag, site.client.take(200).toTag], ['fork-1', 'fork-2']);
});

test('a refusal is acknowledged to the next hop by us, and the ACK of the client ends with us', () => {
  const site = new ProxySite();
  const invite = ring(site);
  site.server.answer(invite, 486);
  site.settle();
  const ack = site.server.take('ACK');
  assert.equal(ack.topVia?.branch, invite.topVia?.branch);
  assert.equal(ack.requestUri, invite.requestUri);
  assert.equal(ack.toTag, 'b1');
  assert.equal(ack.values('via').length, 1);
  site.client.take(486);
  site.client.request('ACK', { toTag: 'b1' });
  site.settle();
  assert.equal(site.server.waiting, 0);
  assert.deepEqual(site.open(), [0, 0]);
});

test('the ACK of a refusal carries the Route of its INVITE', () => {
  const site = new ProxySite();
  site.client.request('INVITE', { headers: ['Route: <sip:a.example.com;lr>', 'Route: <sip:b.example.com;lr>'] });
  site.settle();
  site.server.answer(site.server.take('INVITE'), 603);
  site.settle();
  assert.deepEqual(site.server.take('ACK').values('route'), ['<sip:a.example.com;lr>', '<sip:b.example.com;lr>']);
});

test('a CANCEL is answered by us at once and repeated to the next hop; its 487 goes back', () => {
  const site = new ProxySite();
  const invite = ring(site);
  site.client.request('CANCEL', { headers: ['Reason: SIP;cause=200;text="Call completed elsewhere"'] });
  site.settle();
  assert.equal(site.client.take(200).cseqMethod, 'CANCEL');
  const cancel = site.server.take('CANCEL');
  assert.equal(cancel.topVia?.branch, invite.topVia?.branch);
  assert.equal(cancel.cseqNumber, invite.cseqNumber);
  assert.match(cancel.first('reason') ?? '', /elsewhere/);
  site.server.answer(cancel, 200);
  site.server.answer(invite, 487);
  site.settle();
  site.server.take('ACK');
  site.client.take(487);
  site.client.request('ACK', { toTag: 'b1' });
  site.settle();
  assert.deepEqual(site.open(), [0, 0]);
});

test('a CANCEL waits for the first provisional response of the next hop', () => {
  const site = new ProxySite();
  site.client.request('INVITE');
  site.client.request('CANCEL');
  site.settle();
  assert.deepEqual(site.client.rest(), [100, 200]);
  const invite = site.server.take('INVITE');
  assert.equal(site.server.waiting, 0);
  site.server.answer(invite, 100);
  site.settle();
  site.server.take('CANCEL');
});

test('a 2xx that crossed the CANCEL goes back all the same', () => {
  const site = new ProxySite();
  const invite = ring(site);
  site.client.request('CANCEL');
  site.server.answer(invite, 200);
  site.settle();
  assert.deepEqual(site.client.rest(), [200, 200]);
});

test('a CANCEL of nothing is answered with 481', () => {
  const site = new ProxySite();
  site.client.request('CANCEL');
  site.settle();
  site.client.take(481);
});

test('a CANCEL while the hop is being opened ends the INVITE with 487, and nothing is sent when it opens', async () => {
  let open: () => void = () => undefined;
  const site: ProxySite = new ProxySite({
    decision: {
      candidates: [{ label: 'slow', hop: () => new Promise((resolve) => (open = () => resolve(site.serverHops[0]!))) }],
    },
  });
  site.client.request('INVITE');
  site.client.request('CANCEL');
  site.settle();
  assert.deepEqual(
    site.client.rest(),
    [100, 200, 487].toSorted((a, b) => a - b),
  );
  open();
  await site.turn();
  assert.equal(site.server.waiting, 0);
});

test('a next hop that ignores the CANCEL is given up after 32 seconds with 487', () => {
  const site = new ProxySite();
  ring(site);
  site.client.request('CANCEL');
  site.settle();
  site.client.take(200);
  site.clock.advance(33_000);
  site.client.take(487);
});

test('a call that rings too long is cancelled and answered with 408', () => {
  const site = new ProxySite();
  const invite = ring(site);
  site.clock.advance(240_100);
  const cancel = site.server.take('CANCEL');
  site.server.answer(cancel, 200);
  site.server.answer(invite, 487);
  site.settle();
  site.server.take('ACK');
  site.client.take(408);
});

test('each provisional response but 100 gives a ringing call its full time again', () => {
  const site = new ProxySite();
  const invite = ring(site);
  site.clock.advance(200_000);
  site.server.answer(invite, 183);
  site.clock.advance(200_000);
  assert.deepEqual(site.server.rest(), []);
  site.clock.advance(41_000);
  site.server.take('CANCEL');
});

test('an INVITE without any answer is given up with 408 after 32 seconds', () => {
  const site = new ProxySite();
  site.client.request('INVITE');
  site.clock.advance(33_000);
  assert.deepEqual(site.client.rest(), [100, 408]);
});

test('the caller whose connection is lost no longer lets the callee ring', () => {
  const site = new ProxySite();
  ring(site);
  site.clientHop.close('gone');
  site.settle();
  site.server.take('CANCEL');
  site.clock.advance(80_000);
  assert.deepEqual(site.open(), [0, 0]);
});

test('provisional responses after the final one are dropped', () => {
  const site = new ProxySite();
  const invite = ring(site);
  site.server.answer(invite, 200);
  site.server.answer(invite, 180);
  site.settle();
  assert.deepEqual(site.client.rest(), [200]);
});

test('an ACK finds its way although it cannot be answered: refused, dropped or without hops it just ends', () => {
  const site = new ProxySite({ role: { route: () => ({ type: 'reject', statusCode: 404 }) } });
  site.client.request('ACK', { toTag: 'b1' });
  site.settle();
  assert.equal(site.client.waiting, 0);
  assert.deepEqual(site.open(), [0, 0]);
});

test('a caller whose connection is lost while the role decides leaves nothing behind', async () => {
  const site: ProxySite = new ProxySite({
    role: { route: () => Promise.resolve({ type: 'forward', candidates: site.candidates() }) },
  });
  site.client.request('INVITE');
  site.settle();
  site.clientHop.close('gone');
  await site.turn();
  site.clock.advance(33_000);
  assert.equal(site.server.waiting, 0);
  assert.deepEqual([...site.open(), site.engine.dialogs.stats().settingUp], [0, 0, 0]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxySite } from '../proxy/proxy-site.js';

const udp = { protocol: 'UDP' } as const;

/** When, in milliseconds since the start, each message came within the time. */
function arrivals(site: ProxySite, peer: { readonly waiting: number }, durationMs: number): readonly number[] {
  const times: number[] = [];
  for (let passedMs = 0; passedMs < durationMs; passedMs += 10) {
    const before = peer.waiting;
    site.clock.advance(10);
    for (let count = before; count < peer.waiting; count += 1) times.push(site.clock.monotonicMs());
  }
  return times;
}

function about(times: readonly number[]): readonly number[] {
  return times.map((ms) => Math.round(ms / 500) / 2);
}

test('over UDP an unanswered INVITE is sent again after 0.5 s and then in doubling steps, seven times in all (timers A and B)', () => {
  const site = new ProxySite({ server: udp });
  site.client.request('INVITE');
  assert.deepEqual(about(arrivals(site, site.server, 40_000)), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]);
  assert.deepEqual(site.client.rest(), [100, 408]);
});

test('over UDP any other request is sent again in steps of at most 4 s (timers E and F)', () => {
  const site = new ProxySite({ server: udp });
  site.client.request('REGISTER');
  const expected = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5];
  assert.deepEqual(about(arrivals(site, site.server, 40_000)), expected);
  assert.deepEqual(
    site.open(),
    [0, 1].map(() => 0),
  );
});

test('a provisional response stops the repetitions of an INVITE and slows down those of another request', () => {
  const site = new ProxySite({ server: udp });
  site.client.request('INVITE');
  site.client.request('REGISTER', { branch: 'z9hG4bK-2', callId: 'call-2' });
  site.settle();
  site.server.answer(site.server.take('INVITE'), 100);
  site.server.answer(site.server.take('REGISTER'), 100);
  site.clock.advance(10_000);
  assert.deepEqual(site.server.rest(), ['REGISTER', 'REGISTER', 'REGISTER']);
});

test('over TCP nothing is ever sent twice', () => {
  const site = new ProxySite();
  site.client.request('INVITE');
  site.client.request('REGISTER', { branch: 'z9hG4bK-2', callId: 'call-2' });
  site.clock.advance(40_000);
  assert.deepEqual(site.server.rest(), ['INVITE', 'REGISTER']);
});

test('a request that comes again is not passed on again, and gets the same answer again', () => {
  const site = new ProxySite({ client: udp });
  const again = { via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1' };
  site.client.request('REGISTER', again);
  site.client.request('REGISTER', again);
  site.settle();
  site.server.answer(site.server.take('REGISTER'), 200, [['x-only', 'once']]);
  assert.equal(site.server.waiting, 0);
  site.settle();
  const first = site.client.take(200).toBytes();
  site.client.request('REGISTER', again);
  site.settle();
  assert.deepEqual(site.client.take(200).toBytes(), first);
  site.clock.advance(33_000);
  assert.deepEqual(site.open(), [0, 0]);
});

test('an INVITE that comes again gets the latest provisional response again', () => {
  const site = new ProxySite({ client: udp });
  site.client.request('INVITE');
  site.settle();
  site.server.answer(site.server.take('INVITE'), 183);
  site.settle();
  site.client.request('INVITE');
  site.settle();
  assert.deepEqual(site.client.rest(), [100, 183, 183]);
});

test('over UDP a refused INVITE is refused again until its ACK comes (timer G)', () => {
  const site = new ProxySite({ client: udp });
  site.client.request('INVITE');
  site.settle();
  site.server.answer(site.server.take('INVITE'), 486);
  site.clock.advance(3_600);
  assert.deepEqual(site.client.rest(), [100, 486, 486, 486, 486]);
  for (let count = 0; count < 2; count += 1) site.client.request('ACK', { toTag: 'b1' });
  site.clock.advance(4_000);
  assert.deepEqual([...site.client.rest(), ...site.server.rest()], ['ACK']);
  site.clock.advance(2_000);
  assert.deepEqual(site.open(), [0, 0]);
});

test('a refusal whose ACK never comes is given up after 32 seconds (timer H)', () => {
  const site = new ProxySite({ client: udp });
  site.client.request('INVITE');
  site.settle();
  site.server.answer(site.server.take('INVITE'), 486);
  site.clock.advance(33_000);
  assert.equal(site.client.rest().length, 12);
  assert.deepEqual(site.open(), [0, 0]);
});

test('a refusal that comes again is acknowledged again, and passed on once (timer D)', () => {
  const site = new ProxySite({ server: udp });
  site.client.request('INVITE');
  site.settle();
  const invite = site.server.take('INVITE');
  site.server.answer(invite, 486);
  site.settle();
  site.server.answer(invite, 486);
  site.settle();
  assert.deepEqual(site.server.rest(), ['ACK', 'ACK']);
  assert.deepEqual(site.client.rest(), [100, 486]);
});

test('an answer that comes again is absorbed for 5 seconds (timer K), and is a stray afterwards', () => {
  const site = new ProxySite({ server: udp });
  site.client.request('REGISTER');
  site.settle();
  const sent = site.server.take('REGISTER');
  site.server.answer(sent, 200);
  site.settle();
  site.server.answer(sent, 200);
  site.settle();
  assert.equal(site.engine.stats().strayResponses, 0);
  site.clock.advance(5_000);
  site.server.answer(sent, 200);
  site.settle();
  assert.equal(site.engine.stats().strayResponses, 1);
  assert.deepEqual(site.client.rest(), [200]);
});

test('a lost CANCEL is sent again over UDP', () => {
  const site = new ProxySite({ server: udp });
  site.client.request('INVITE');
  site.settle();
  site.server.answer(site.server.take('INVITE'), 180);
  site.settle();
  site.client.request('CANCEL');
  site.clock.advance(1_600);
  assert.deepEqual(site.server.rest(), ['CANCEL', 'CANCEL', 'CANCEL']);
});

test('a datagram is answered on the port the role names when its Via asks for another one', () => {
  const site: ProxySite = new ProxySite({
    client: udp,
    role: { replyHop: (request) => (request.topVia?.port === 5080 ? site.serverHops[0] : undefined) },
    decision: { candidates: [] },
  });
  site.client.request('OPTIONS', { via: 'SIP/2.0/UDP 192.0.2.1:5080;branch=z9hG4bK-1' });
  site.settle();
  site.server.take(503);
});

test('a client of the time before RFC 3261, without a branch, is served, and its repetitions are known', () => {
  const site = new ProxySite({ client: udp });
  const old = { via: 'SIP/2.0/UDP 192.0.2.1:5060' };
  site.client.request('INVITE', old);
  site.client.request('INVITE', old);
  site.settle();
  site.server.answer(site.server.take('INVITE'), 486);
  assert.equal(site.server.rest().length, 0);
  site.settle();
  assert.deepEqual(site.client.rest(), [100, 100, 486]);
  site.client.request('ACK', { ...old, toTag: 'b1' });
  site.clock.advance(6_000);
  assert.deepEqual(site.client.rest(), []);
});

test('two clients that chose the same branch do not meet', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS', { via: 'SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-1', callId: 'one' });
  site.client.request('OPTIONS', { via: 'SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bK-1', callId: 'two' });
  site.settle();
  const [one, two] = [site.server.take('OPTIONS'), site.server.take('OPTIONS')];
  site.server.answer(two, 202);
  site.settle();
  assert.equal(site.client.take(202).callId, 'two');
  site.server.answer(one, 200);
  site.settle();
  assert.equal(site.client.take(200).callId, 'one');
  assert.deepEqual(site.open(), [0, 0]);
});

test('of several clients with the same branch, one that is answered may use it again', () => {
  const site = new ProxySite();
  const from = (host: string) => ({ via: `SIP/2.0/TCP ${host}:5060;branch=z9hG4bK-1`, callId: host });
  for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) site.client.request('OPTIONS', from(host));
  site.settle();
  const all = [site.server.take('OPTIONS'), site.server.take('OPTIONS'), site.server.take('OPTIONS')];
  for (const host of ['10.0.0.1', '10.0.0.2']) {
    const sent = all.find(({ callId }) => callId === host);
    assert.ok(sent !== undefined, 'it was not sent');
    site.server.answer(sent, 200);
    site.settle();
    site.client.request('OPTIONS', from(host));
    site.settle();
    assert.equal(site.server.take('OPTIONS').callId, host);
  }
});

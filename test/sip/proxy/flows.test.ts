import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import { FakeClock } from '../../fake-clock.js';
import { Peer } from '../peer.js';
import { ProxyChain } from './proxy-chain.js';

interface Scene {
  readonly clock: FakeClock;
  readonly chain: ProxyChain;
  readonly phone: Peer;
  readonly servers: readonly Peer[];
  readonly settle: () => void;
}

function scene(cores = 1): Scene {
  const clock = new FakeClock();
  const chain = new ProxyChain(clock, { cores });
  const servers = chain.cores.map(({ server }) => new Peer(server));
  return { clock, chain, phone: new Peer(chain.client), servers, settle: () => clock.advance(20) };
}

function routesFrom(response: SipMessage): readonly string[] {
  return response
    .values('record-route')
    .toReversed()
    .map((route) => `Route: ${route}`);
}

function answered({ phone, servers, settle }: Scene): { readonly invite: SipMessage; readonly ok: SipMessage } {
  const server = servers[0]!;
  phone.request('INVITE', { body: 'v=0' });
  settle();
  phone.take(100);
  const invite = server.take('INVITE');
  server.answer(invite, 180);
  settle();
  phone.take(180);
  const routes = invite.values('record-route').map((route) => ['record-route', route] as const);
  server.answer(invite, 200, [...routes, ['contact', '<sip:bob@10.0.1.1>']]);
  settle();
  return { invite, ok: phone.take(200) };
}

test('a session through two proxies is set up, acknowledged and ended along its route set (RFC 3665 section 3.2)', () => {
  const stage = scene();
  const { chain, clock, phone, servers, settle } = stage;
  const server = servers[0]!;
  const { invite, ok } = answered(stage);
  assert.equal(invite.values('via').length, 3);
  assert.equal(invite.maxForwards, 68);
  const routes = routesFrom(ok);
  assert.deepEqual(routes, ['Route: <sip:flow1@edge.example.com;lr>', 'Route: <sip:core1.example.com;lr>']);
  const dialog = { uri: 'sip:bob@10.0.1.1', toTag: 'b1', headers: routes };
  phone.request('ACK', { ...dialog, branch: 'z9hG4bK-ack' });
  settle();
  assert.deepEqual(server.take('ACK').values('route'), []);
  assert.deepEqual(
    chain.engines.map(({ dialogs }) => dialogs.size),
    [1, 1],
  );
  phone.request('BYE', { ...dialog, branch: 'z9hG4bK-bye', cseq: 2 });
  settle();
  server.answer(server.take('BYE'), 200);
  settle();
  phone.take(200);
  clock.advance(33_000);
  assert.deepEqual(new Set(chain.open), new Set([0]));
});

test('the callee may end the session, back along the same proxies', () => {
  const stage = scene();
  const { invite } = answered(stage);
  const routes = invite.values('record-route').map((route) => `Route: ${route}`);
  const server = stage.servers[0]!;
  server.send(
    Buffer.from(
      [
        'BYE sip:alice@192.0.2.1:5060 SIP/2.0',
        'Via: SIP/2.0/TCP 10.0.1.1:5060;branch=z9hG4bK-bye',
        ...routes,
        'Max-Forwards: 70',
        'From: <sip:bob@example.com>;tag=b1',
        'To: Alice <sip:alice@example.com>;tag=a1',
        'Call-ID: call-1',
        'CSeq: 7 BYE',
        'Content-Length: 0',
        '\r\n',
      ].join('\r\n'),
    ),
  );
  stage.settle();
  stage.phone.answer(stage.phone.take('BYE'), 200);
  stage.settle();
  server.take(200);
  assert.deepEqual(
    stage.chain.engines.map(({ dialogs }) => dialogs.stats().ended.bye),
    [1, 1],
  );
});

test('a busy callee: 486 goes back, each hop acknowledges to the next (RFC 3665 section 3.9)', () => {
  const { chain, phone, servers, settle } = scene();
  phone.request('INVITE');
  settle();
  servers[0]!.answer(servers[0]!.take('INVITE'), 486);
  settle();
  servers[0]!.take('ACK');
  phone.take(100);
  phone.take(486);
  phone.request('ACK', { toTag: 'b1' });
  settle();
  assert.deepEqual(new Set(chain.open), new Set([0]));
});

test('a caller who hangs up while it rings: CANCEL hop by hop, 487 back (RFC 3665 section 3.8)', () => {
  const { chain, phone, servers, settle } = scene();
  const server = servers[0]!;
  phone.request('INVITE');
  settle();
  const invite = server.take('INVITE');
  server.answer(invite, 180);
  settle();
  phone.request('CANCEL');
  settle();
  server.answer(server.take('CANCEL'), 200);
  server.answer(invite, 487);
  settle();
  server.take('ACK');
  assert.deepEqual(phone.rest(), [100, 180, 200, 487]);
  phone.request('ACK', { toTag: 'b1' });
  settle();
  assert.deepEqual(new Set(chain.open), new Set([0]));
});

test('a callee that never answers: 408 after 32 seconds (RFC 3665 section 3.10)', () => {
  const { clock, chain, phone } = scene();
  phone.request('INVITE');
  clock.advance(33_000);
  assert.deepEqual(phone.rest(), [100, 408]);
  phone.request('ACK', { toTag: 'x' });
  clock.advance(33_000);
  assert.deepEqual(new Set(chain.open), new Set([0]));
});

test('a dead core: the REGISTER and the call go through the other one (RFC 3665 section 3.4)', () => {
  const { chain, phone, servers, settle } = scene(2);
  chain.cores[0]!.linkAtEdge.close('reset');
  for (const method of ['REGISTER', 'INVITE']) {
    phone.request(method, { branch: `z9hG4bK-${method}`, callId: method });
    settle();
    const second = servers[1]!;
    second.answer(second.take(method), 200);
    settle();
    assert.equal(phone.rest().at(-1), 200);
  }
});

test('a core that dies between request and answer: the other one answers the REGISTER at once', () => {
  const { chain, clock, phone, servers, settle } = scene(2);
  phone.request('REGISTER');
  settle();
  servers[0]!.take('REGISTER');
  chain.cores[0]!.linkAtEdge.close('no sign of life');
  settle();
  servers[1]!.answer(servers[1]!.take('REGISTER'), 200);
  settle();
  phone.take(200);
  assert.ok(clock.monotonicMs() < 1_000, 'it took a second');
  assert.deepEqual(chain.edge.stats().serverTransactions, 0);
});

test('a core that lost its own way to the server says 503, and the edge goes to the other one', () => {
  const { chain, phone, servers, settle } = scene(2);
  chain.cores[0]!.server.close('refused');
  phone.request('REGISTER');
  settle();
  servers[1]!.answer(servers[1]!.take('REGISTER'), 200);
  settle();
  phone.take(200);
});

test('when every core is dead the client hears 503 and when to come again', () => {
  const { chain, phone, settle } = scene(2);
  for (const { linkAtEdge } of chain.cores) linkAtEdge.close('reset');
  phone.request('REGISTER');
  settle();
  assert.ok(phone.take(503).has('retry-after'), 'no Retry-After');
});

test('a reliable provisional response and its PRACK, an UPDATE and a REFER pass within the dialog', () => {
  const stage = scene();
  const { ok } = answered(stage);
  const { phone, servers, settle } = stage;
  for (const [index, method] of ['PRACK', 'UPDATE', 'REFER', 'INFO', 'INVITE'].entries()) {
    const branch = `z9hG4bK-in-${index}`;
    phone.request(method, { uri: 'sip:bob@10.0.1.1', toTag: 'b1', cseq: index + 2, branch, headers: routesFrom(ok) });
    settle();
    servers[0]!.answer(servers[0]!.take(method), 200);
    settle();
    assert.equal(phone.rest().at(-1), 200);
  }
  assert.deepEqual(
    stage.chain.engines.map(({ dialogs }) => dialogs.size),
    [1, 1],
  );
});

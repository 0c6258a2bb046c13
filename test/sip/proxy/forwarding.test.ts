import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxySite } from './proxy-site.js';

test('a request goes on with our Via on top, one hop less to go, and every other byte as it came', () => {
  const site = new ProxySite();
  const odd = ['X-OdD:   kept ;  as\t is', 'k: path, outbound', 'Subject: folded\r\n  over lines'];
  site.client.request('MESSAGE', { headers: odd, body: 'hello' });
  site.settle();
  const sent = site.server.take('MESSAGE');
  assert.equal(sent.values('via').length, 2);
  assert.match(sent.values('via')[0] ?? '', /^SIP\/2\.0\/TCP proxy\.example\.com:5060;branch=z9hG4bK/);
  assert.equal(sent.maxForwards, 69);
  const text = sent.toBytes().toString('latin1');
  for (const line of odd) assert.ok(text.includes(`\r\n${line}\r\n`), `${line} changed`);
  assert.ok(text.endsWith('\r\n\r\nhello'), 'the body changed');
});

test('a response goes back without our Via', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS');
  site.settle();
  site.server.answer(site.server.take('OPTIONS'), 200, [['x-from', 'server']]);
  site.settle();
  const answer = site.client.take(200);
  assert.deepEqual(answer.values('via'), ['SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-1']);
  assert.equal(answer.first('x-from'), 'server');
  assert.deepEqual(site.open(), [0, 0]);
});

test('every method passes, known or not', () => {
  const site = new ProxySite();
  const methods = 'REGISTER SUBSCRIBE NOTIFY MESSAGE INFO UPDATE PRACK REFER PUBLISH OPTIONS BYE NEWTHING'.split(' ');
  for (const [index, method] of methods.entries()) {
    site.client.request(method, { branch: `z9hG4bK-${index}`, callId: `call-${index}` });
    site.settle();
    site.server.answer(site.server.take(method), 200);
    site.settle();
    site.client.take(200);
  }
  assert.deepEqual(site.open(), [0, 0]);
});

test('a missing Max-Forwards is filled in with 70', () => {
  const site = new ProxySite();
  const text = 'OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-1\r\n';
  site.client.send(
    Buffer.from(
      `${text}From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
    ),
  );
  site.settle();
  assert.equal(site.server.take('OPTIONS').maxForwards, 70);
});

test('a request that has no hop left is answered with 483', () => {
  const site = new ProxySite();
  site.client.send(
    Buffer.from(
      'OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-1\r\nMax-Forwards: 0\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n',
    ),
  );
  site.settle();
  const answer = site.client.take(483);
  assert.notEqual(answer.toTag, '');
  assert.equal(site.routed.length, 0);
});

test('an extension that proxies must know is refused with 420 and named', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS', { headers: ['Proxy-Require: foo, bar'] });
  site.settle();
  assert.deepEqual(site.client.take(420).values('unsupported'), ['foo', 'bar']);
});

test('a Request-URI of an unknown scheme is refused with 416', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS', { uri: 'nobodyknows:bob' });
  site.settle();
  site.client.take(416);
});

test('a client behind an address translator finds its real address in Via, and its port when it asks', () => {
  const site = new ProxySite({
    client: {
      ends: [
        ['203.0.113.7', 40_001],
        ['192.0.2.9', 5060],
      ],
    },
  });
  site.client.request('OPTIONS', { via: 'SIP/2.0/TCP 10.0.0.5:5060;rport;branch=z9hG4bK-1' });
  site.settle();
  const via = site.server.take('OPTIONS').values('via')[1] ?? '';
  assert.match(via, /;rport=40001(;|$)/);
  assert.match(via, /;received=203\.0\.113\.7(;|$)/);
});

test('a false received parameter of a client is corrected', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS', { via: 'SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-1;received=198.51.100.66' });
  site.settle();
  assert.match(site.server.take('OPTIONS').values('via')[1] ?? '', /received=192\.0\.2\.1$/);
});

test('what comes over a link keeps its Via, since a node name is no address', () => {
  const site = new ProxySite({
    client: {
      ends: [
        ['edge-1', 0],
        ['core-1', 0],
      ],
    },
  });
  site.client.request('OPTIONS', { via: 'SIP/2.0/TLS edge.example.com:5061;branch=z9hG4bK-1' });
  site.settle();
  assert.equal(site.server.take('OPTIONS').values('via')[1], 'SIP/2.0/TLS edge.example.com:5061;branch=z9hG4bK-1');
});

test('Record-Route goes above those that are there', () => {
  const site = new ProxySite({ decision: { recordRoute: '<sip:proxy.example.com;lr>' } });
  site.client.request('INVITE', { headers: ['Record-Route: <sip:first.example.com;lr>'] });
  site.settle();
  assert.deepEqual(site.server.take('INVITE').values('record-route'), [
    '<sip:proxy.example.com;lr>',
    '<sip:first.example.com;lr>',
  ]);
});

test('a next hop that routes strictly gets itself as Request-URI and the target as last Route', () => {
  const site = new ProxySite();
  site.client.request('BYE', { headers: ['Route: <sip:old.example.com>, <sip:next.example.com;lr>'] });
  site.settle();
  const sent = site.server.take('BYE');
  assert.equal(sent.requestUri, 'sip:old.example.com');
  assert.deepEqual(sent.values('route'), ['<sip:next.example.com;lr>', '<sip:bob@example.com>']);
});

test('a request that comes back decided by the same fields is a loop, 482; with another target it is a spiral and passes', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS');
  site.settle();
  const sent = site.server.take('OPTIONS');
  const back = sent.values('via').map((via) => `Via: ${via}`);
  const looped = { via: 'SIP/2.0/TCP 198.51.100.1:5060;branch=z9hG4bK-loop', headers: back };
  site.server.request('OPTIONS', looped);
  site.server.request('OPTIONS', {
    via: 'SIP/2.0/TCP 198.51.100.1:5060;branch=z9hG4bK-spiral',
    headers: back,
    uri: 'sip:carol@example.com',
  });
  site.settle();
  site.server.take(482);
  assert.equal(site.client.take('OPTIONS').requestUri, 'sip:carol@example.com');
});

test('what a role refuses is answered with its status, reason and fields', () => {
  const site = new ProxySite({
    role: { route: () => ({ type: 'reject', statusCode: 403, reason: 'No', headers: [['warning', '399 x "y"']] }) },
  });
  site.client.request('REGISTER');
  site.settle();
  const answer = site.client.take(403);
  assert.equal(answer.reasonPhrase, 'No');
  assert.equal(answer.first('warning'), '399 x "y"');
  assert.deepEqual(site.open(), [0, 0]);
});

test('what a role drops is not answered and leaves nothing behind', () => {
  const site = new ProxySite({ role: { route: () => ({ type: 'drop' }) } });
  site.client.request('REGISTER');
  site.settle();
  assert.equal(site.client.waiting, 0);
  assert.deepEqual(site.open(), [0, 0]);
});

test('a role that throws, at once or later, costs a 500 and nothing else', async () => {
  for (const route of [
    () => {
      throw new Error('broken');
    },
    () => Promise.reject(new Error('broken')),
  ]) {
    const site = new ProxySite({ role: { route } });
    site.client.request('REGISTER');
    site.settle();
    await site.turn();
    site.client.take(500);
    assert.deepEqual(site.open(), [0, 0]);
  }
});

test('a role that takes its time leaves the client with 100 for an INVITE, and decides later', async () => {
  const site: ProxySite = new ProxySite({
    role: {
      route: () => Promise.resolve({ type: 'forward', candidates: site.candidates() }),
    },
  });
  site.client.request('INVITE');
  site.settle();
  site.client.take(100);
  await site.turn();
  site.server.take('INVITE');
});

test('a role that never decides is answered for after 32 seconds', () => {
  const site = new ProxySite({ role: { route: () => new Promise(() => undefined) } });
  site.client.request('INVITE');
  site.clock.advance(33_000);
  site.client.take(100);
  site.client.take(503);
  site.clock.advance(33_000);
  assert.deepEqual(site.open(), [0, 0]);
});

test('a response that nobody waits for is dropped and counted', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS');
  site.settle();
  const sent = site.server.take('OPTIONS');
  site.server.answer(sent, 200);
  site.server.answer(sent, 200);
  site.settle();
  assert.deepEqual(site.client.rest(), [200]);
  assert.equal(site.engine.stats().strayResponses, 1);
});

test('nobody answers a request that went to another address', () => {
  const site = new ProxySite({ servers: 2 });
  site.client.request('OPTIONS');
  site.settle();
  const sent = site.server.take('OPTIONS');
  site.servers[1]?.answer(sent, 200);
  site.settle();
  assert.equal(site.client.waiting, 0);
  site.server.answer(sent, 404);
  site.settle();
  site.client.take(404);
});

test('an answer that a role words so that it cannot be written becomes a 500', () => {
  const refusal = { statusCode: 403, reason: 'two\r\nlines' };
  for (const role of [
    { route: () => ({ type: 'reject' as const, ...refusal }) },
    { route: () => ({ type: 'forward' as const, candidates: [], whenUnreachable: refusal }) },
  ]) {
    const site = new ProxySite({ role });
    site.client.request('REGISTER');
    site.settle();
    site.client.take(500);
    assert.deepEqual(site.open(), [0, 0]);
    assert.equal(site.engine.stats().failures, 1);
  }
});

test('a datagram without Content-Length gets one before it goes on over a stream, in both directions', () => {
  const bare = (text: string) => Buffer.from(`${text}\r\n\r\nhello`);
  const there = new ProxySite({ client: { protocol: 'UDP' } });
  const ids = 'From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE';
  there.client.send(bare(`MESSAGE sip:c@d SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1\r\n${ids}`));
  there.settle();
  assert.equal(there.server.take('MESSAGE').first('content-length'), '5');
  const back = new ProxySite({ server: { protocol: 'UDP' } });
  back.client.request('MESSAGE');
  back.settle();
  const vias = back.server.take('MESSAGE').values('via');
  back.server.send(bare(`SIP/2.0 200 OK\r\n${vias.map((via) => `Via: ${via}`).join('\r\n')}\r\n${ids}`));
  back.settle();
  assert.equal(back.client.take(200).first('content-length'), '5');
});

test('a response that lost the way back is a bad gateway', () => {
  const site = new ProxySite();
  site.client.request('OPTIONS');
  site.settle();
  const sent = site.server.take('OPTIONS');
  sent.set('via', sent.values('via')[0] ?? '');
  site.server.answer(sent, 200);
  site.settle();
  site.client.take(502);
  assert.deepEqual(site.open(), [0, 0]);
});

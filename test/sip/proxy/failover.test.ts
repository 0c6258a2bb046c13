import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CandidateFailure } from '../../../src/runtime/sip/proxy/proxy-role.js';
import { closedHop, ProxySite } from './proxy-site.js';

test('a REGISTER whose core dies before its answer is answered through the next one at once', () => {
  const site = new ProxySite({ servers: 2 });
  site.client.request('REGISTER');
  site.settle();
  site.server.take('REGISTER');
  site.serverHops[0]?.close('reset');
  site.settle();
  const second = site.servers[1]!;
  second.answer(second.take('REGISTER'), 200);
  site.settle();
  site.client.take(200);
  assert.ok(site.clock.monotonicMs() < 1_000, 'the failover took a second');
  assert.deepEqual(site.open(), [0, 0]);
});

test('the copy for the next candidate does not show what was written for the one before', () => {
  const site: ProxySite = new ProxySite({
    servers: 2,
    role: {
      route: () => ({
        type: 'forward',
        candidates: site.candidates().map((candidate) => ({
          ...candidate,
          edit: (request) => request.append('x-way', candidate.label),
        })),
      }),
    },
  });
  site.serverHops[0]?.close('reset');
  site.client.request('REGISTER');
  site.settle();
  const sent = site.servers[1]!.take('REGISTER');
  assert.deepEqual(sent.values('x-way'), ['server 2']);
  assert.equal(sent.values('via').length, 2);
});

test('a candidate that cannot be opened, or whose queue is full, makes room for the next', async () => {
  const site: ProxySite = new ProxySite({
    servers: 2,
    role: {
      route: () => ({ type: 'forward', candidates: [{ label: 'shut', hop: closedHop }, ...site.candidates()] }),
    },
  });
  site.serverHops[0]!.refuses = true;
  site.client.request('REGISTER');
  await site.turn();
  site.servers[1]!.take('REGISTER');
});

test('a hop that is opened for ever is given up', async () => {
  const site: ProxySite = new ProxySite({
    role: {
      route: () => ({
        type: 'forward',
        candidates: [{ label: 'hangs', hop: () => new Promise(() => undefined) }, ...site.candidates()],
      }),
    },
  });
  site.client.request('INVITE');
  await site.turn();
  site.clock.advance(33_000);
  site.server.take('INVITE');
});

test('503 sends a request to the next candidate, and back only when it was the last', () => {
  const site = new ProxySite({ servers: 2 });
  site.client.request('REGISTER');
  site.settle();
  site.server.answer(site.server.take('REGISTER'), 503);
  site.settle();
  const second = site.servers[1]!;
  second.answer(second.take('REGISTER'), 503, [['retry-after', '17']]);
  site.settle();
  site.client.take(503);
});

test('any other refusal is the answer, and no further candidate is asked', () => {
  const site = new ProxySite({ servers: 2 });
  site.client.request('REGISTER');
  site.settle();
  site.server.answer(site.server.take('REGISTER'), 401, [['www-authenticate', 'Digest realm="x", nonce="y"']]);
  site.settle();
  assert.equal(site.client.take(401).first('www-authenticate'), 'Digest realm="x", nonce="y"');
  assert.equal(site.servers[1]?.waiting, 0);
});

test('a role may say that another status means out of service', () => {
  const site = new ProxySite({ servers: 2, decision: { isFailure: ({ statusCode }) => statusCode === 500 } });
  site.client.request('REGISTER');
  site.settle();
  site.server.answer(site.server.take('REGISTER'), 500);
  site.settle();
  site.servers[1]!.take('REGISTER');
});

test('when nobody can be reached the client hears 503 with Retry-After', () => {
  const site = new ProxySite({ servers: 2, settings: { retryAfterSeconds: 9 } });
  for (const hop of site.serverHops) hop.close('gone');
  site.client.request('REGISTER');
  site.settle();
  assert.equal(site.client.take(503).first('retry-after'), '9');
  assert.deepEqual(site.open(), [0, 0]);
});

test('a role may say what a client hears when nobody can be reached', () => {
  const site = new ProxySite({ decision: { whenUnreachable: { statusCode: 430, reason: 'Flow Failed' } } });
  site.serverHops[0]?.close('gone');
  site.client.request('INVITE');
  site.settle();
  site.client.take(430);
});

test('a route without candidates is answered like one without a reachable one', () => {
  const site = new ProxySite({ decision: { candidates: [] } });
  site.client.request('REGISTER');
  site.settle();
  site.client.take(503);
});

test('a slow candidate is overtaken by the next, and the first answer counts', () => {
  const site = new ProxySite({ servers: 2, answerWithinMs: 800 });
  site.client.request('REGISTER');
  site.clock.advance(700);
  const first = site.server.take('REGISTER');
  assert.equal(site.servers[1]?.waiting, 0);
  site.clock.advance(200);
  const second = site.servers[1].take('REGISTER');
  site.servers[1].answer(second, 200, [['x-by', 'second']]);
  site.settle();
  assert.equal(site.client.take(200).first('x-by'), 'second');
  site.server.answer(first, 200);
  site.settle();
  assert.equal(site.client.waiting, 0);
  assert.deepEqual(site.open(), [0, 0]);
});

test('the overtaken candidate may still be the one that answers', () => {
  const site = new ProxySite({ servers: 2, answerWithinMs: 800 });
  site.client.request('REGISTER');
  site.clock.advance(900);
  site.server.answer(site.server.take('REGISTER'), 200, [['x-by', 'first']]);
  site.settle();
  assert.equal(site.client.take(200).first('x-by'), 'first');
  assert.deepEqual(site.open(), [0, 0]);
});

test('an INVITE that was overtaken is cancelled where it was not answered', () => {
  const site = new ProxySite({ servers: 2, answerWithinMs: 800 });
  site.client.request('INVITE');
  site.clock.advance(900);
  const first = site.server.take('INVITE');
  const second = site.servers[1]!.take('INVITE');
  site.server.answer(first, 180);
  site.servers[1]!.answer(second, 200);
  site.settle();
  site.server.take('CANCEL');
  site.server.answer(first, 487);
  site.settle();
  site.server.take('ACK');
  assert.equal(site.client.rest().at(-1), 200);
  site.clock.advance(40_000);
  assert.deepEqual(site.open(), [0, 0]);
});

test('a call goes to the next candidate when the first dies while it rings', () => {
  const site = new ProxySite({ servers: 2 });
  site.client.request('INVITE');
  site.settle();
  site.server.answer(site.server.take('INVITE'), 180);
  site.settle();
  site.serverHops[0]?.close('reset');
  site.settle();
  site.servers[1]!.answer(site.servers[1]!.take('INVITE'), 200);
  site.settle();
  assert.deepEqual(site.client.rest(), [100, 180, 200]);
});

test('challenges of several candidates reach the client together', () => {
  const site = new ProxySite({ servers: 2, answerWithinMs: 100 });
  site.client.request('INVITE');
  site.clock.advance(200);
  const a = site.server;
  const b = site.servers[1]!;
  const first = a.take('INVITE');
  const second = b.take('INVITE');
  a.answer(first, 100);
  b.answer(second, 407, [['proxy-authenticate', 'Digest realm="b", nonce="2"']]);
  site.settle();
  a.take('CANCEL');
  a.answer(first, 407, [['proxy-authenticate', 'Digest realm="a", nonce="1"']]);
  site.settle();
  site.client.take(100);
  const text = site.client.take(407).toBytes().toString();
  assert.ok(text.includes('realm="a"') && text.includes('realm="b"'), 'a challenge is missing');
});

test('the role hears which candidate failed and why, and sees every response', () => {
  const failed: [string, CandidateFailure][] = [];
  const seen: [number, string | undefined][] = [];
  const site = new ProxySite({
    servers: 2,
    role: {
      onCandidateFailed: ({ label }, failure) => failed.push([label, failure]),
      onResponse: ({ statusCode }, _, { candidate }) => seen.push([statusCode, candidate?.label]),
    },
  });
  site.serverHops[0]?.close('gone');
  site.client.request('REGISTER');
  site.settle();
  site.servers[1]!.answer(site.servers[1]!.take('REGISTER'), 503);
  site.settle();
  assert.deepEqual(failed, [
    ['server 1', 'unreachable'],
    ['server 2', 'unavailable'],
  ]);
  assert.deepEqual(seen, [[503, 'server 2']]);
});

test('a role that fails on a response does not cost the client its answer', () => {
  const site = new ProxySite({
    role: {
      onResponse: () => {
        throw new Error('broken');
      },
    },
  });
  site.client.request('REGISTER');
  site.settle();
  site.server.answer(site.server.take('REGISTER'), 200);
  site.settle();
  site.client.take(200);
});

test('a request other than INVITE that nobody answers ends in silence, since its client gave up before (RFC 4320)', () => {
  const site = new ProxySite({ servers: 2 });
  site.client.request('MESSAGE');
  site.clock.advance(33_000);
  assert.deepEqual(site.client.rest(), [100]);
  assert.equal(site.servers[1]?.waiting, 0);
  assert.deepEqual(site.open(), [0, 0]);
});

test('a stopped engine ends what runs, without timers or listeners left', async () => {
  const site = new ProxySite();
  site.client.request('INVITE');
  site.client.request('REGISTER', { branch: 'z9hG4bK-2', callId: 'call-2' });
  site.settle();
  site.engine.stop();
  assert.deepEqual(site.open(), [0, 0]);
  assert.equal(site.serverHops[0]?.listenerCount, 0);
  site.client.request('OPTIONS', { branch: 'z9hG4bK-3' });
  await site.turn();
  assert.deepEqual(site.open(), [0, 0]);
});

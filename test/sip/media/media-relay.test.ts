import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { silentLog as log } from '../../../src/platform/log.js';
import { MediaRelay } from '../../../src/runtime/sip/media/media-relay.js';
import { defaultMessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { newResponse } from '../../../src/runtime/sip/message/new-message.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import { FakeClock } from '../../fake-clock.js';
import { requestText, type RequestText } from '../peer.js';
import { ScriptedRelay } from './scripted-relay.js';

const client = { flow: 'flow-1', clientAddress: '192.0.2.7' } as const;
const inside = { flow: 'flow-1', clientAddress: undefined } as const;
const sdp = 'v=0\r\nm=audio 4000 RTP/AVP 0\r\n';
const relayed = `${sdp}a=relayed\r\n`;

async function rig(t: TestContext, relays = 1) {
  const servers: ScriptedRelay[] = [];
  for (let count = 0; count < relays; count += 1) servers.push(await ScriptedRelay.of(t));
  const clock = new FakeClock();
  const media = new MediaRelay({
    clock,
    log,
    lookup: (host, _, done) => done(null, host, 4),
    asked: { inc: () => undefined },
  });
  t.after(() => media.stop());
  const spec = { servers: servers.map(({ place }) => place), requestTimeoutMilliseconds: 500 };
  media.apply(spec);
  return { media, clock, servers, relay: servers[0]!, spec };
}

function request(method: string, text: RequestText = {}, type = 'application/sdp'): SipMessage {
  const headers = text.body === undefined ? [] : [`Content-Type: ${type}`];
  return parseSipMessage(requestText(method, { headers, ...text }), defaultMessageLimits);
}

function response(to: SipMessage, statusCode: number, body = ''): SipMessage {
  const made = newResponse(to, statusCode, { toTag: 'b1', headers: [['content-type', 'application/sdp']] });
  if (body !== '') made.setBody(Buffer.from(body));
  return made;
}

function delivered(media: MediaRelay, message: SipMessage, source: typeof client | typeof inside): Promise<string> {
  return new Promise((resolve) => media.onResponse(message, source, () => resolve(message.body.toString())));
}

/** A call that is up: offer in the INVITE, answer in its 200. */
async function talking(media: MediaRelay): Promise<SipMessage> {
  const invite = request('INVITE', { body: sdp });
  assert.equal(await media.onRequest(invite, client), undefined);
  await delivered(media, response(invite, 200, sdp), inside);
  return invite;
}

test('an offer and its answer go over the relay, under one name and with the tags of both', async (t) => {
  const { media, relay } = await rig(t);
  const invite = request('INVITE', { body: sdp });
  assert.equal(await media.onRequest(invite, client), undefined);
  assert.equal(invite.body.toString(), relayed);
  assert.equal(invite.first('content-length'), String(relayed.length));
  assert.equal(await delivered(media, response(invite, 200, sdp), inside), relayed);
  const common = {
    'call-id': 'call-1~flow-1~1',
    'from-tag': 'a1',
    sdp,
    ICE: 'remove',
    replace: ['origin', 'session-connection'],
  };
  assert.deepEqual(
    relay.asked.map(({ command }) => command),
    [
      { command: 'offer', ...common, flags: ['SIP-source-address'], 'received-from': ['IP4', '192.0.2.7'] },
      { command: 'answer', ...common, 'to-tag': 'b1' },
    ],
  );
});

test('without an offer in the INVITE the 200 offers, and the ACK answers', async (t) => {
  const { media, relay } = await rig(t);
  const invite = request('INVITE');
  assert.equal(media.onRequest(invite, inside), undefined);
  assert.equal(await delivered(media, response(invite, 200, sdp), client), relayed);
  const ack = request('ACK', { toTag: 'b1', body: sdp });
  await media.onRequest(ack, inside);
  assert.equal(ack.body.toString(), relayed);
  const tags = relay.asked.map(({ command }) => [command['command'], command['from-tag'], command['to-tag']]);
  assert.deepEqual(tags, [
    ['offer', 'b1', 'a1'],
    ['answer', 'b1', 'a1'],
  ]);
});

test('a re-INVITE and an UPDATE of the other side are offers of theirs', async (t) => {
  const { media, relay } = await rig(t);
  await talking(media);
  for (const method of ['INVITE', 'UPDATE']) {
    const again = request(method, { fromTag: 'b1', toTag: 'a1', cseq: 7, body: sdp });
    await media.onRequest(again, inside);
    assert.equal(await delivered(media, response(again, 200, sdp), client), relayed);
  }
  const tags = relay.asked.slice(2).map(({ command }) => [command['command'], command['from-tag'], command['to-tag']]);
  const both = [
    ['offer', 'b1', 'a1'],
    ['answer', 'b1', 'a1'],
  ];
  assert.deepEqual(tags, [...both, ...both]);
});

test('a PRACK answers an offer of a 183, and offers when there is none', async (t) => {
  const { media, relay } = await rig(t);
  const invite = request('INVITE');
  void media.onRequest(invite, client);
  await delivered(media, response(invite, 183, sdp), inside);
  await media.onRequest(request('PRACK', { toTag: 'b1', cseq: 2, body: sdp }), client);
  const second = request('PRACK', { toTag: 'b1', cseq: 3, body: sdp });
  await media.onRequest(second, client);
  assert.equal(await delivered(media, response(second, 200, sdp), inside), relayed);
  assert.deepEqual(relay.commands, ['offer', 'answer', 'offer', 'answer']);
});

test('responses keep their order while the relay thinks', async (t) => {
  const { media } = await rig(t);
  const invite = request('INVITE', { body: sdp });
  await media.onRequest(invite, client);
  const order: number[] = [];
  const both = [response(invite, 183, sdp), response(invite, 200)].map(
    (one) =>
      new Promise<void>((resolve) =>
        media.onResponse(one, inside, () => {
          order.push(one.statusCode);
          resolve();
        }),
      ),
  );
  await Promise.all(both);
  assert.deepEqual(order, [183, 200]);
});

test('without a relay, and for what is no session description, not a byte changes', async (t) => {
  const { media, relay, spec } = await rig(t);
  const other = request('INVITE', { body: sdp }, 'application/sdp-like');
  const bytes = other.toBytes();
  assert.equal(media.onRequest(other, client), undefined);
  assert.equal(other.toBytes(), bytes);
  media.apply(undefined);
  const invite = request('INVITE', { body: sdp, callId: 'call-2' });
  assert.equal(media.onRequest(invite, client), undefined);
  assert.equal(invite.body.toString(), sdp);
  media.apply(spec);
  assert.deepEqual(relay.commands, []);
});

test('the end of a call is told to the relay once', async (t) => {
  const { media, relay } = await rig(t);
  await talking(media);
  assert.equal(media.calls, 1);
  media.release('call-1', 'flow-1');
  media.release('call-1', 'flow-1');
  await relay.until(() => relay.asked.length === 3);
  assert.deepEqual(relay.asked[2]?.command, { command: 'delete', 'call-id': 'call-1~flow-1~1', 'delete-delay': 0 });
  assert.equal(media.calls, 0);
});

test('a call that is tried again after a challenge has another name', async (t) => {
  const { media, relay } = await rig(t);
  await media.onRequest(request('INVITE', { body: sdp }), client);
  media.release('call-1', 'flow-1');
  await media.onRequest(request('INVITE', { body: sdp, cseq: 2 }), client);
  await relay.until(() => relay.asked.length === 3);
  const names = relay.asked
    .filter(({ command }) => command['command'] === 'offer')
    .map(({ command }) => command['call-id']);
  assert.deepEqual(names, ['call-1~flow-1~1', 'call-1~flow-1~2']);
});

test('a server that is silent is passed over, asked whether it is back, and used again then', async (t) => {
  const { media, clock, servers } = await rig(t, 2);
  const [first, second] = [servers[0]!, servers[1]!];
  first.answer = () => undefined;
  const invite = request('INVITE', { body: sdp });
  const anchored = media.onRequest(invite, client);
  await first.until(() => first.asked.length === 1);
  clock.advance(500);
  await anchored;
  assert.equal(invite.body.toString(), relayed);
  assert.deepEqual(second.commands, ['offer']);
  await media.onRequest(request('INVITE', { body: sdp, callId: 'call-2' }), client);
  await media.onRequest(request('INVITE', { body: sdp, callId: 'call-3' }), client);
  assert.deepEqual(second.commands, ['offer', 'offer', 'offer'], 'new calls do not wait for the silent one');
  first.answer = (command) => first.agree(command);
  clock.advance(2000);
  await first.until(() => first.commands.includes('ping'));
  while (!first.commands.includes('offer', 1)) {
    await media.onRequest(
      request('INVITE', { body: sdp, callId: `call-${first.asked.length}-${second.asked.length}` }),
      client,
    );
  }
});

test('a call stays on its server, and is refused when no server answers', async (t) => {
  const { media, clock, servers } = await rig(t, 2);
  await talking(media);
  const [own, other] = servers[0]!.asked.length > 0 ? [servers[0]!, servers[1]!] : [servers[1]!, servers[0]!];
  own.answer = () => undefined;
  other.answer = () => undefined;
  const again = media.onRequest(request('INVITE', { toTag: 'b1', cseq: 5, body: sdp }), client);
  await own.until(() => own.asked.length === 3);
  clock.advance(500);
  assert.equal((await again)?.statusCode, 503);
  assert.equal(other.asked.length, 0);
  own.stop();
  other.stop();
  const refusal = await media.onRequest(request('INVITE', { body: sdp, callId: 'call-2' }), client);
  assert.deepEqual([refusal?.statusCode, refusal?.headers], [503, [['Retry-After', '5']]]);
});

test('an offer that the relay does not understand is not acceptable', async (t) => {
  const { media, relay } = await rig(t);
  relay.answer = () => ({ result: 'error', 'error-reason': 'Failed to parse SDP' });
  const refusal = await media.onRequest(request('INVITE', { body: sdp }), client);
  assert.equal(refusal?.statusCode, 488);
});

test('a server whose load is at its limit gets the call no more than a silent one', async (t) => {
  const { media, servers } = await rig(t, 2);
  servers[0]!.answer = () => ({ result: 'load limit' });
  assert.equal(await media.onRequest(request('INVITE', { body: sdp }), client), undefined);
  assert.deepEqual(servers[1]!.commands, ['offer']);
});

test('a server that is no longer configured keeps its calls to their end', async (t) => {
  const { media, relay, spec } = await rig(t);
  await talking(media);
  const next = await ScriptedRelay.of(t);
  media.apply({ ...spec, servers: [next.place] });
  await media.onRequest(request('UPDATE', { toTag: 'b1', cseq: 3, body: sdp }), client);
  media.release('call-1', 'flow-1');
  await relay.until(() => relay.commands.includes('delete'));
  assert.deepEqual(next.commands, []);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMessage, writeMessage } from '../../../src/lab/sip/wire/message-text.js';
import { headerParameters, readUri, uriIn } from '../../../src/lab/sip/wire/sip-address.js';
import { callIdOf, cseqOf, fieldOf, listOf } from '../../../src/lab/sip/wire/sip-message.js';
import { StreamSplitter } from '../../../src/lab/sip/wire/stream-splitter.js';
import { parseStun, stunError, stunRequest, stunSuccess } from '../../../src/lab/sip/wire/stun-packet.js';

function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url));
}

test('compact names, folded lines and odd spaces are read', () => {
  const message = parseMessage(fixture('accepted-contact-mode'));
  assert.ok(message.type === 'response', 'it is an answer');
  assert.equal(message.status, 200);
  assert.equal(fieldOf(message, 'From'), '<sip:4001@cucm.example.com>;tag=0050 5681');
  assert.equal(callIdOf(message), '0050-1@172.16.84.136');
  assert.deepEqual(cseqOf(message), { number: 102, method: 'REGISTER' });
  const [first, second] = listOf(message, 'Contact');
  assert.equal(readUri(uriIn(first ?? ''))?.parameters.get('orig-hostport'), '172.16.84.136:58980');
  assert.equal(headerParameters(first ?? '').get('+u.sip!userid.ccm.cisco.com'), '"mra01"');
  assert.ok(headerParameters(first ?? '').has('x-cisco-newreg'), 'the flag without a value is there');
  assert.equal(second, '<sip:4002@10.15.20.10>');
});

test('a message that was read is written as it was, byte for byte', () => {
  const bytes = fixture('register-soft-client');
  assert.equal(writeMessage(parseMessage(bytes)).toString('latin1'), bytes.toString('latin1'));
});

test('what is no SIP is refused by its own error', () => {
  for (const text of [
    'HTTP/1.1 200 OK\r\n\r\n',
    'REGISTER sip:a SIP/3.0\r\n\r\n',
    'REGISTER sip:a SIP/2.0\r\n: x\r\n\r\n',
    'SIP/2.0 99 x\r\n\r\n',
    'OPTIONS sip:a SIP/2.0\r\n',
  ]) {
    assert.throws(() => parseMessage(Buffer.from(text)), { code: 'lab.unexpected' }, text);
  }
});

function split(chunks: readonly Buffer[]) {
  const pieces: string[] = [];
  const splitter = new StreamSplitter({
    onMessage: (bytes) => pieces.push(`sip ${bytes.toString('latin1')}`),
    onStun: (bytes) => pieces.push(`stun ${bytes.toString('hex')}`),
    onKeepalive: () => undefined,
    onGarbage: (reason) => pieces.push(`garbage ${reason}`),
  });
  for (const chunk of chunks) splitter.push(chunk);
  return pieces;
}

test('a stream is cut the same way however its bytes arrive', () => {
  const register = fixture('register-soft-client');
  const notify = fixture('notify-waiting');
  const stream = Buffer.concat([
    register,
    stunRequest('00112233445566778899aabb'),
    notify,
    Buffer.from('\r\n\r\n'),
    register,
  ]);
  const whole = split([stream]);
  assert.equal(whole.length, 4);
  assert.equal(whole[2], `sip ${notify.toString('latin1')}`);
  const cuts = fc.array(fc.nat({ max: stream.length }), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (places) => {
      const edges = [0, ...places.toSorted((a, b) => a - b), stream.length];
      const chunks = edges.slice(1).map((end, index) => stream.subarray(edges[index] ?? 0, end));
      assert.deepEqual(split(chunks), whole);
    }),
    { numRuns: 50 },
  );
});

test('a ping is told from a pong, also when it comes in halves', () => {
  const kinds: string[] = [];
  const nothing = () => undefined;
  const onKeepalive = (kind: string) => kinds.push(kind);
  const splitter = new StreamSplitter({ onMessage: nothing, onStun: nothing, onGarbage: nothing, onKeepalive });
  for (const text of ['\r\n\r\n', '\r\n', stunRequest().toString('latin1'), '\r\n', '\r', '\n']) {
    splitter.push(Buffer.from(text, 'latin1'));
  }
  assert.deepEqual(kinds, ['ping', 'pong', 'pong', 'ping']);
});

test('a stream without an end in sight is given up', () => {
  assert.deepEqual(split([Buffer.from('OPTIONS sip:a SIP/2.0\r\n\r\n')]), ['garbage a message without Content-Length']);
  assert.deepEqual(split([Buffer.alloc(20_000, 'a')]), ['garbage headers beyond any length']);
});

test('STUN is written as RFC 8489 prints it', () => {
  const id = 'b7e7a701bc34d686fa87dfae';
  assert.equal(stunRequest(id).toString('hex'), `000100002112a442${id}`);
  const success = stunSuccess(id, '192.0.2.1', 32853);
  assert.equal(success.toString('hex'), `0101000c2112a442${id}002000080001a147e112a643`);
  assert.deepEqual(parseStun(success)?.mapped, { address: '192.0.2.1', port: 32853 });
  const error = parseStun(stunError(id, 503, 'Path Down'));
  assert.deepEqual([error?.type, error?.errorCode, error?.reason], ['error', 503, 'Path Down']);
  assert.equal(parseStun(Buffer.from('OPTIONS sip:a SIP/2.0\r\n')), undefined);
});

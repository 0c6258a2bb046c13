import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bindingRequest } from '../../../src/runtime/sip/stun/stun-message.js';
import { type FrameRecord, recordFrames } from './frame-record.js';

const limits = { maximumMessageBytes: 2_048, maximumHeaderBytes: 512, maximumHeaderCount: 30 };
const binding = bindingRequest(Buffer.from('000102030405060708090a0b', 'hex'));
const ping = Buffer.from('\r\n\r\n');
const pong = Buffer.from('\r\n');

function request(body = '', length = `Content-Length: ${body.length}`): Buffer {
  const head = ['OPTIONS sip:a@example.com SIP/2.0', 'Via: SIP/2.0/TCP a.example.com;branch=z9hG4bK1', 'Call-ID: one'];
  return Buffer.from([...head, length, '', body].filter((line, at) => at >= 4 || line !== '').join('\r\n'), 'latin1');
}

function chunked(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, at) => Buffer.from(bytes.subarray(edges[at], end)));
}

/** What must not depend on how bytes are split: a lone half of a ping alone is told before the other half comes. */
function essence({ messages, stun, keepalives, failures }: FrameRecord) {
  const pings = keepalives.filter((kind) => kind === 'ping').length;
  const texts = (all: readonly Buffer[]) => all.map((bytes) => bytes.toString('latin1'));
  return { messages: texts(messages), stun: texts(stun), pings, failures: failures.map(({ message }) => message) };
}

test('messages, STUN and keepalives of one chunk are told apart', () => {
  const messages = [request('v=0\r\n'), request()];
  const record = recordFrames([Buffer.concat([messages[0]!, ping, binding, messages[1]!, pong, binding])], limits);
  assert.deepEqual(record.messages, messages);
  assert.deepEqual(record.stun, [binding, binding]);
  assert.deepEqual(record.keepalives, ['ping', 'pong']);
});

test('any split of the bytes gives the same messages', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary-ascii' }).map((body) => request(body)),
    fc.constantFrom(binding, ping, pong, request('', 'l : 0'), request('x', 'CONTENT-length:\r\n 1')),
    fc.constantFrom(request('', 'Content-Length: none'), Buffer.from('\n'), request('y'.repeat(3_000))),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (pieces, cuts) => {
      const bytes = Buffer.concat(pieces);
      assert.deepEqual(essence(recordFrames(chunked(bytes, cuts), limits)), essence(recordFrames([bytes], limits)));
    }),
    { numRuns: 400, seed: 3261 },
  );
});

test('what was delivered is not written over by what comes later', () => {
  const message = request('v=0\r\n');
  const halves = [message.subarray(0, 40), Buffer.concat([message.subarray(40), message.subarray(0, 50)])];
  const record = recordFrames([...halves, message.subarray(50), Buffer.alloc(64, 'x')], limits);
  assert.deepEqual(record.messages, [message, message]);
});

test('a stream that comes byte by byte is read once', () => {
  const message = request('b'.repeat(60_000));
  const large = { ...limits, maximumMessageBytes: 1_048_576 };
  const bytes = Buffer.concat([message, message]);
  const record = recordFrames(
    Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
    large,
  );
  assert.deepEqual(record.messages, [message, message]);
});

test('a failure is told once, with the request to answer, and nothing comes after it', () => {
  const record = recordFrames([request('', ''), request(), ping, binding], limits);
  assert.equal(record.failures.length, 1);
  assert.equal(record.failure?.status, 400);
  assert.equal(record.failure.request?.callId, 'one');
  assert.deepEqual([record.messages, record.stun, record.keepalives], [[], [], []]);
});

test('a length that two readers could read in two ways is a failure', () => {
  const lengths = [
    'Content-Length: 0\r\nContent-Length: 0',
    'Content-Length: 0\r\nl: 5',
    'Content-Length: +5',
    'Content-Length: 0x5',
    'Content-Length: 5 5',
    'Content-Length: 2147483648',
    'Content-Length: 99999999999999999999',
    'Content-Length:',
    'Content-Length 0',
  ];
  for (const length of lengths) {
    const record = recordFrames([request('hello', length)], limits);
    assert.equal(record.failure?.status, 400, length);
    assert.deepEqual(record.messages, [], length);
  }
});

test('a field whose name only begins like Content-Length says nothing of the length', () => {
  const message = request('hi', 'Content-Length: 2\r\nContent-Length-Hint: 7\r\nlength: 9\r\nX: Content-Length: 5');
  assert.deepEqual(recordFrames([message], limits).messages, [message]);
});

test('what is neither SIP nor STUN ends at its first byte', () => {
  for (const garbage of ['\x16\x03\x01\x02\0', '\n', ' OPTIONS', '\rX', '\0\x01\0\0\x21\x12\xa4\x43', '{"json":1}']) {
    const record = recordFrames([Buffer.from(garbage, 'latin1')], limits);
    assert.equal(record.failures.length, 1, JSON.stringify(garbage));
    assert.equal(record.failure?.status, undefined, JSON.stringify(garbage));
  }
});

test('a head without an end is refused when it is longer than a message may be', () => {
  const endless = Buffer.from(`${request().toString().trimEnd()}\r\nX: ${'a'.repeat(2_100)}`);
  const record = recordFrames(
    Array.from({ length: 40 }, (_, at) => endless.subarray(at * 64, at * 64 + 64)),
    limits,
  );
  assert.equal(record.failure?.status, 513);
  assert.equal(record.failure.request?.callId, 'one');
});

test('a message that is too large is passed over, and what follows it is delivered', () => {
  const large = request('z'.repeat(9_000));
  const bytes = Buffer.concat([request(), large, request('ok')]);
  for (const chunks of [[bytes], chunked(bytes, [10, 300, 301, 900, 5_000, 9_300])]) {
    const record = recordFrames(chunks, limits, 'passing over');
    assert.deepEqual(record.messages, [request(), request('ok')]);
    assert.deepEqual(
      record.oversized.map(({ status, request: refused }) => [status, refused?.callId]),
      [[513, 'one']],
    );
    assert.equal(record.failure, undefined);
  }
  assert.equal(recordFrames([request('', 'Content-Length: 2000000')], limits, 'passing over').failure?.status, 513);
});

test('a framer that was stopped delivers nothing more, from the same chunk either', () => {
  const record = recordFrames([Buffer.concat([request(), request()])], limits, 'stopping');
  assert.equal(record.messages.length, 1);
});

test('a ping is answered however it is split', () => {
  assert.deepEqual(recordFrames([Buffer.from('\r'), Buffer.from('\n\r'), Buffer.from('\n')]).keepalives, [
    'pong',
    'ping',
  ]);
  assert.deepEqual(recordFrames([Buffer.from('\r\n\r\n\r\n\r\n')]).keepalives, ['ping', 'ping']);
});

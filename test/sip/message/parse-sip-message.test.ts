import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newResponse } from '../../../src/runtime/sip/message/new-message.js';
import { parseSample, refusalOf, sampleBytes } from './sample-message.js';

const limits = { maximumMessageBytes: 1_024, maximumHeaderBytes: 256, maximumHeaderCount: 16 };

test('a field that may stand only once is refused when it stands twice, in either spelling', () => {
  for (const twice of [
    'i: a\r\nCall-ID: b',
    'CSeq: 7 INVITE\r\ncseq: 7 INVITE',
    'f: <sip:a@b>\r\nFrom: <sip:a@b>',
    't: <sip:a@b>\r\nTO: <sip:a@b>',
    'Max-Forwards: 70\r\nMax-Forwards: 70',
    'l: 5\r\nContent-Length: 5',
  ]) {
    const name = twice.slice(0, twice.indexOf(':'));
    const refusal = refusalOf(sampleBytes({ [`${name}:`]: twice }));
    assert.equal(refusal.status, 400, twice);
    assert.match(refusal.message, /more than once/, twice);
  }
});

test('what routing needs and is missing or malformed is refused with 400', () => {
  for (const [start, lines] of Object.entries({
    'i:': [undefined, 'i:', 'i: \t'],
    'f:': [undefined, 'f: ', 'f: "a <sip:a@b>', 'f: <sip:a@b', 'f: <sip:a@b>;;tag=1', 'f: <sip:a@b>;tag=', 'f: a b'],
    't:': [undefined, 't: <>', 't: < sip:a@b>', 't: a, b <sip:a@b>', 't: <sip:a@b> x'],
    'CSeq:': [undefined, 'CSeq: INVITE', 'CSeq: 7', 'CSeq: 2147483648 INVITE', 'CSeq: -1 INVITE', 'CSeq: 7 invite'],
    'Max-Forwards:': ['Max-Forwards: 256', 'Max-Forwards: x', 'Max-Forwards:', 'Max-Forwards: 1 1'],
    'v:': [
      'v: SIP/2.0/TCP',
      'v: SIP/2.0 a',
      'v: SIP/3.0/TCP a',
      'v: SIP/2.0/TCP a:65536',
      'v: SIP/2.0/TCP a b',
      'v: SIP/2.0/TCP [::g]',
      'v: SIP/2.0/TCP a;branch="x',
      'v: ,SIP/2.0/TCP a',
    ],
    'l:': ['l: 6', 'l: five', 'l: 5,5', 'l:', 'l: 0x5'],
    'X-Odd': [
      '\xf6: SIP/2.0/TCP a',
      'no colon',
      'no name here : x',
      ': no name',
      'X Y: z',
      'X\0: y',
      'X: a\0b',
      'X: a\nb',
      'X: a\rb',
      'X: "\\\rb"',
      'X: \x7f',
    ],
  }))
    for (const line of lines) {
      const refusal = refusalOf(sampleBytes({ [start]: line }));
      assert.equal(refusal.status, 400, `${start} ${String(line)}: ${refusal.message}`);
    }
});

test('a request line is read strictly', () => {
  const start = 'INVITE sip:bob@example.com SIP/2.0';
  for (const [line, status] of [
    ['INVITE sip:bob@example.com SIP/2.1', 505],
    ['INVITE sip:bob@example.com SIP/3.0', 505],
    ['INVITE  sip:bob@example.com SIP/2.0', 400],
    ['INVITE sip:bob@example.com  SIP/2.0', 400],
    ['INVITE sip:bob@exa\tmple.com SIP/2.0', 400],
    ['INVITE bob SIP/2.0', 400],
    ['INVITE sip: SIP/2.0', 400],
    ['INVITE sip:b\xfcb@example.com SIP/2.0', 400],
    ['INVITE sip:bob@example.com SIP/2', 400],
    ['ACK sip:bob@example.com SIP/3.0', undefined],
    ['GET / HTTP/1.1', undefined],
    ['INVITE', undefined],
    ['', undefined],
    [' INVITE sip:bob@example.com SIP/2.0', undefined],
    ['INV(ITE sip:bob@example.com SIP/2.0', undefined],
  ] as const)
    assert.equal(refusalOf(sampleBytes({ [start]: line })).status, status, line);
  assert.equal(parseSample(sampleBytes({ [start]: 'INVITE sip:bob@example.com sip/2.0' })).method, 'INVITE');
});

test('a response that is no good is never answered', () => {
  const start = 'INVITE sip:bob@example.com SIP/2.0';
  for (const line of [
    'SIP/2.0 99 X',
    'SIP/2.0 700 X',
    'SIP/2.0 2000 X',
    'SIP/2.0 20 X',
    'SIP/2.0 200',
    'SIP/1.0 200 X',
  ])
    assert.equal(refusalOf(sampleBytes({ [start]: line })).status, undefined, line);
  assert.equal(refusalOf(sampleBytes({ [start]: 'SIP/2.0 200 OK', 'i:': undefined })).status, undefined);
  assert.equal(parseSample(sampleBytes({ [start]: 'SIP/2.0 200 OK' })).statusCode, 200);
});

test('limits are named in the refusal', () => {
  const header = refusalOf(sampleBytes({ Route: `X: ${'a'.repeat(300)}` }), limits);
  assert.deepEqual([header.status, header.message], [400, 'a header field has 305 bytes, more than 256']);
  const count = refusalOf(sampleBytes({ 'X-Odd': 'X: a\r\n'.repeat(8).trim() }), limits);
  assert.deepEqual([count.status, count.message], [400, 'there are 17 header fields, more than 16']);
  const size = refusalOf(sampleBytes({ 'l:': 'l: 2000' }, 'b'.repeat(2_000)), limits);
  assert.equal(size.status, 513);
  assert.match(size.message, /more than 1024$/);
});

test('a refusal can be answered without repeating what was malformed', () => {
  const { request, status } = refusalOf(sampleBytes({ 'i:': 'i: a\nEvil: b' }));
  assert.ok(request !== undefined && status !== undefined, 'it can be answered');
  const answer = newResponse(request, status).toBytes().toString('latin1');
  assert.match(answer, /^SIP\/2\.0 400 Bad Request\r\nv: SIP\/2\.0\/TCP 192\.0\.2\.9/);
  assert.doesNotMatch(answer, /Evil/);
});

test('nothing is answered without a Via', () => {
  const refusal = refusalOf(sampleBytes({ 'v:': undefined, 'Via:': undefined }));
  assert.deepEqual([refusal.status, refusal.request], [undefined, undefined]);
});

test('line breaks before a message and bytes behind its body are left out', () => {
  const message = parseSample(Buffer.concat([Buffer.from('\r\n\r\n'), sampleBytes(), Buffer.from('more')]));
  assert.deepEqual(message.toBytes(), sampleBytes());
  assert.equal(message.body.toString(), 'hello');
});

test('without Content-Length a datagram says by its end where the body ends', () => {
  assert.equal(parseSample(sampleBytes({ 'l:': undefined }, 'all of it')).body.toString(), 'all of it');
});

test('every prefix of a message is refused', () => {
  const bytes = sampleBytes();
  for (let length = 0; length < bytes.length; length += 1) refusalOf(bytes.subarray(0, length));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newRequest, newResponse } from '../../../src/runtime/sip/message/new-message.js';
import { parseSample, sampleBytes, sampleLines } from './sample-message.js';

function linesOf(bytes: Buffer): readonly string[] {
  return bytes.toString('latin1').split('\r\n');
}

/** The lines of the sample after an edit, with what was expected to change put in. */
function expectLines(actual: Buffer, changes: Readonly<Record<number, string | readonly string[]>>): void {
  const expected = [...sampleLines, '', 'hello'].flatMap((line, at) => changes[at] ?? line);
  assert.deepEqual(linesOf(actual), expected);
}

test('fields are found in compact form, in any case and over folds', () => {
  const message = parseSample();
  assert.equal(message.first('call-id'), 'call-1@example.com');
  assert.equal(message.first('x-odd'), '"a b"');
  assert.equal(message.has('subject'), false);
  assert.deepEqual(message.values('via'), [
    'SIP/2.0/TCP 192.0.2.9:5062;rport;branch=z9hG4bKa',
    'SIP/2.0/UDP [2001:DB8::1];branch=z9hG4bKb',
    'SIP/2.0/TLS c.example.com;branch=z9hG4bKc',
  ]);
  assert.deepEqual(message.values('from'), ['"Ada \\"the, first\\"" <sip:ada@example.com>;tag=fff']);
});

test('what routing needs is read', () => {
  const { method, requestUri, callId, cseqNumber, cseqMethod, fromTag, toTag, maxForwards, statusCode } = parseSample();
  assert.deepEqual(
    { method, requestUri, callId, cseqNumber, cseqMethod, fromTag, toTag, maxForwards, statusCode },
    {
      method: 'INVITE',
      requestUri: 'sip:bob@example.com',
      callId: 'call-1@example.com',
      cseqNumber: 7,
      cseqMethod: 'INVITE',
      fromTag: 'fff',
      toTag: '',
      maxForwards: 70,
      statusCode: 0,
    },
  );
});

test('an edit changes its own line alone', () => {
  const set = parseSample();
  set.set('max-forwards', '69');
  expectLines(set.toBytes(), { 3: 'Max-Forwards: 69' });
  const uri = parseSample();
  uri.requestUri = 'sip:bob@192.0.2.1:5060;transport=tcp';
  expectLines(uri.toBytes(), { 0: 'INVITE sip:bob@192.0.2.1:5060;transport=tcp SIP/2.0' });
  const added = parseSample();
  added.append('x-new', 'end');
  added.prepend('record-route', '<sip:us.example.com;lr>');
  added.prepend('via', 'SIP/2.0/TLS us.example.com;branch=z9hG4bKus');
  const head = ['Record-Route: <sip:us.example.com;lr>', 'Via: SIP/2.0/TLS us.example.com;branch=z9hG4bKus'];
  expectLines(added.toBytes(), { 1: [...head, sampleLines[1]!], 11: [sampleLines[11]!, 'X-New: end'] });
});

test('setting a name that stands more than once leaves one field of it, where the first stood', () => {
  const message = parseSample();
  message.set('via', 'SIP/2.0/TLS us.example.com;branch=z9hG4bKus');
  expectLines(message.toBytes(), { 1: 'Via: SIP/2.0/TLS us.example.com;branch=z9hG4bKus', 2: [] });
  message.remove('via');
  message.remove('x-odd');
  expectLines(message.toBytes(), { 1: [], 2: [], 9: [], 10: [] });
});

test('the topmost value of a list is taken and replaced wherever its commas are', () => {
  const message = parseSample();
  message.replaceFirstValue('via', 'SIP/2.0/TCP 192.0.2.9:5062;rport=9;branch=z9hG4bKa');
  expectLines(message.toBytes(), { 1: 'v: SIP/2.0/TCP 192.0.2.9:5062;rport=9;branch=z9hG4bKa' });
  assert.equal(message.topVia?.params.get('rport'), '9');
  assert.equal(message.removeFirstValue('via'), 'SIP/2.0/TCP 192.0.2.9:5062;rport=9;branch=z9hG4bKa');
  assert.equal(message.topVia.host, '2001:db8::1');
  assert.equal(message.removeFirstValue('via'), 'SIP/2.0/UDP [2001:DB8::1];branch=z9hG4bKb');
  assert.equal(message.topVia.branch, 'z9hG4bKc');
  assert.equal(message.removeFirstValue('route'), '<sip:one.example.com;lr>');
  const rest = { 1: [], 2: 'Via: SIP/2.0/TLS c.example.com;branch=z9hG4bKc', 8: 'Route: <sip:two.example.com;lr>' };
  expectLines(message.toBytes(), rest);
  assert.equal(message.removeFirstValue('subject'), undefined);
});

test('what was read before an edit is read afresh after it', () => {
  const message = parseSample();
  assert.deepEqual([message.toTag, message.callId, message.cseqNumber], ['', 'call-1@example.com', 7]);
  message.set('to', '<sip:bob@example.com>;tag=ttt');
  message.set('Call-ID', 'other');
  message.set('cseq', '8 INVITE');
  message.set('from', '<sip:eve@example.com>;tag=eee');
  assert.deepEqual([message.toTag, message.callId, message.cseqNumber, message.fromTag], ['ttt', 'other', 8, 'eee']);
});

test('a copy and its original do not touch each other', () => {
  const message = parseSample();
  const copy = message.clone();
  copy.set('max-forwards', '1');
  copy.requestUri = 'sip:x@example.com';
  assert.deepEqual(message.toBytes(), sampleBytes());
  message.remove('route');
  assert.equal(copy.values('route').length, 2);
});

test('a new body brings its length', () => {
  const message = parseSample();
  message.setBody(Buffer.from('v=0\r\n\xff\0', 'latin1'));
  expectLines(message.toBytes(), { 11: 'Content-Length: 7', 13: ['v=0', '\xff\0'] });
});

test('no value leaves its line, by whatever way it comes in', () => {
  const message = parseSample();
  // U+010A is a line feed when its low byte alone is written.
  for (const value of ['a\r\nEvil: b', 'a\nb', 'a\rb', 'a\u010ab', 'a\u{1f600}']) {
    for (const edit of ['set', 'prepend', 'append', 'replaceFirstValue'] as const)
      assert.throws(() => message[edit]('x-odd', value), RangeError, `${edit} ${JSON.stringify(value)}`);
    assert.throws(() => newResponse(message, 200, { reason: value }), RangeError);
    assert.throws(() => newResponse(message, 200, { headers: [['x', value]] }), RangeError);
    assert.throws(() => newRequest('OPTIONS', `sip:${value}`, []), RangeError);
    assert.throws(() => (message.requestUri = `sip:${value}`), RangeError);
  }
  for (const name of ['', 'a b', 'a:', 'a\r\n', 'ü'])
    assert.throws(() => message.append(name, 'x'), RangeError, JSON.stringify(name));
  assert.throws(() => newRequest('A B', 'sip:a@b', []), RangeError);
  assert.deepEqual(message.toBytes(), sampleBytes());
});

test('an answer repeats what it must, and tags To once', () => {
  const answer = newResponse(parseSample(), 503, { headers: [['retry-after', '30']], toTag: 'ours' });
  assert.deepEqual(linesOf(answer.toBytes()), [
    'SIP/2.0 503 Service Unavailable',
    sampleLines[1],
    sampleLines[2],
    sampleLines[4],
    't: <sip:bob@example.com>;tag=ours',
    sampleLines[6],
    sampleLines[7],
    'Retry-After: 30',
    'Content-Length: 0',
    '',
    '',
  ]);
  assert.deepEqual([answer.isRequest, answer.statusCode, answer.method], [false, 503, 'INVITE']);
  const inDialog = parseSample(sampleBytes({ 't:': 't: <sip:bob@example.com>;tag=theirs' }));
  assert.equal(newResponse(inDialog, 481, { toTag: 'ours' }).toTag, 'theirs');
});

test('a 100 repeats the time stamp and has no tag of ours', () => {
  const trying = newResponse(parseSample(sampleBytes({ 'X-Odd': 'Timestamp: 54\r\nX-Odd: a' })), 100, {
    toTag: 'ours',
  });
  assert.equal(trying.first('timestamp'), '54');
  assert.equal(trying.toTag, '');
});

test('a request of our own can be read', () => {
  const fields = [
    ['via', 'SIP/2.0/TCP us.example.com;branch=z9hG4bKus'],
    ['from', '<sip:us.example.com>;tag=1'],
    ['to', '<sip:them.example.com>'],
    ['call-id', 'ping-1'],
    ['cseq', '1 OPTIONS'],
  ] as const;
  const request = newRequest('OPTIONS', 'sip:them.example.com', fields, Buffer.from('hi'));
  const read = parseSample(request.toBytes());
  assert.deepEqual([read.method, read.callId, read.body.toString()], ['OPTIONS', 'ping-1', 'hi']);
  assert.deepEqual(read.toBytes(), request.toBytes());
});

test('what is written is read again as it was', () => {
  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.!%*_+`'~-]{0,12}$/);
  const value = fc.stringMatching(/^[!-~\xa0-\xff]([ -~\xa0-\xff]{0,30}[!-~\xa0-\xff])?$/);
  const extra = fc.array(
    fc.tuple(
      token.map((name) => `X-${name}`),
      value,
    ),
    { maxLength: 8 },
  );
  const body = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(token, extra, body, (method, headers, content) => {
      const known = [
        ['via', 'SIP/2.0/TCP us.example.com;branch=z9hG4bKus'],
        ['from', '<sip:a@example.com>;tag=1'],
        ['to', '<sip:b@example.com>'],
        ['call-id', 'law'],
        ['cseq', `1 ${method}`],
      ] as const;
      const written = newRequest(method, 'sip:b@example.com', [...known, ...headers], content).toBytes();
      const read = parseSample(written);
      assert.equal(read.method, method);
      assert.deepEqual(read.body, content);
      for (const [name] of headers)
        assert.deepEqual(
          read.fieldsOf(name).length,
          headers.filter(([other]) => other.toLowerCase() === name.toLowerCase()).length,
        );
      read.set('max-forwards', '70');
      read.remove('max-forwards');
      assert.deepEqual(read.toBytes(), written);
    }),
    { numRuns: 300, seed: 3261 },
  );
});

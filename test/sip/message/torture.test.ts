import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultMessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { newResponse } from '../../../src/runtime/sip/message/new-message.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import { SipParseError } from '../../../src/runtime/sip/message/sip-parse-error.js';
import { recordFrames } from './frame-record.js';
import { readTortureCorpus, type TortureMessage, type Treatment } from './torture-corpus.js';

const corpus = readTortureCorpus();

function parse(bytes: Buffer): SipMessage | SipParseError {
  try {
    return parseSipMessage(bytes, defaultMessageLimits);
  } catch (error) {
    if (error instanceof SipParseError) return error;
    throw error;
  }
}

function parsed({ name, bytes }: TortureMessage): SipMessage {
  const message = parse(bytes);
  if (message instanceof SipParseError) throw new Error(`${name} was refused: ${message.message}`);
  return message;
}

function treatmentOf(result: SipMessage | SipParseError): Treatment {
  if (!(result instanceof SipParseError)) return 'passes';
  assert.notEqual(result.status, 513, 'no torture message is too large');
  return result.status === 400 || result.status === 505 ? result.status : 'dropped';
}

function named(name: string): TortureMessage {
  const found = corpus.find((message) => message.name === name);
  if (found === undefined) throw new Error(`there is no torture message ${name}`);
  return found;
}

/** The bytes of the first message in a datagram. */
function whole({ name, bytes }: TortureMessage): Buffer {
  return name === 'dblreq' ? bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4) : bytes;
}

test('the corpus holds every message of the RFC', () => assert.equal(corpus.length, 49));

for (const message of corpus)
  test(`the torture message ${message.name} is treated as promised: ${message.treatment}`, () => {
    const result = parse(message.bytes);
    assert.equal(treatmentOf(result), message.treatment, result instanceof Error ? result.message : 'it was taken');
  });

test('every torture message that passes leaves byte for byte as it came', () => {
  for (const message of corpus.filter(({ treatment }) => treatment === 'passes'))
    assert.deepEqual(parsed(message).toBytes(), whole(message), message.name);
});

test('a proxy adds and takes its Via in a torture message without harm to any other byte', () => {
  for (const message of corpus.filter(({ treatment }) => treatment === 'passes')) {
    const passing = parsed(message);
    passing.prepend('via', 'SIP/2.0/TLS edge.example.com;branch=z9hG4bKown');
    assert.equal(passing.removeFirstValue('via'), 'SIP/2.0/TLS edge.example.com;branch=z9hG4bKown');
    assert.deepEqual(passing.toBytes(), whole(message), message.name);
  }
});

test('a refused request can be answered with what of it is well formed', () => {
  for (const { name, bytes, treatment } of corpus.filter((message) => typeof message.treatment === 'number')) {
    const refusal = parse(bytes);
    assert.ok(refusal instanceof SipParseError && refusal.request !== undefined, name);
    assert.equal(typeof treatment, 'number');
    const answer = newResponse(refusal.request, refusal.status ?? 0, { toTag: 'ours' })
      .toBytes()
      .toString('latin1');
    assert.match(answer, /^SIP\/2\.0 (400 Bad Request|505 Version Not Supported)\r\nVia *:/i, name);
    assert.ok(answer.endsWith('Content-Length: 0\r\n\r\n'), name);
  }
});

test('on a stream a torture message comes whole, but one whose end nobody can know', () => {
  const endless = new Map([
    ['ncl', 'Content-Length'],
    ['mcl01', 'Content-Length'],
    ['inv2543', 'Content-Length'],
    ['clerr', undefined],
    ['multi01', undefined],
  ]);
  for (const message of corpus) {
    const record = recordFrames([message.bytes]);
    if (endless.has(message.name)) {
      assert.deepEqual(record.messages, [], message.name);
      assert.equal(record.failure?.status, endless.get(message.name) && 400, message.name);
    } else assert.deepEqual(record.messages[0], whole(message), message.name);
  }
});

test('the tortuous INVITE is read through all of its white space', () => {
  const message = parsed(named('wsinv'));
  assert.equal(message.callId, 'wsinv.ndaksdj@192.0.2.1');
  assert.equal(message.cseqNumber, 9);
  assert.equal(message.cseqMethod, 'INVITE');
  assert.equal(message.maxForwards, 68);
  assert.equal(message.toTag, '1918181833n');
  assert.equal(message.fromTag, '98asjd8');
  assert.equal(message.from?.display, 'J Rosenberg \\"');
  assert.equal(message.first('subject'), '');
  assert.equal(message.first('newfangledheader'), 'newfangled value continued newfangled value');
  assert.deepEqual(message.values('via').length, 3);
  assert.deepEqual(
    { host: message.topVia?.host, protocol: message.topVia?.protocol, branch: message.topVia?.branch },
    { host: '192.0.2.2', protocol: 'UDP', branch: '390skdjuw' },
  );
});

test('unusual characters are read where the grammar allows them', () => {
  const message = parsed(named('intmeth'));
  assert.equal(message.method, "!interesting-Method0123456789_*+`.%indeed'~");
  assert.equal(message.fromTag, "_token~1'+`*%!-.");
  assert.equal(message.to?.display, 'BEL:\x07 NUL:\0 DEL:\x7f');
  assert.equal(parsed(named('esc02')).values('contact').length, 2);
});

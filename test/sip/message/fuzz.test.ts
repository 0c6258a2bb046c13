import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defaultMessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { newResponse } from '../../../src/runtime/sip/message/new-message.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import { SipParseError } from '../../../src/runtime/sip/message/sip-parse-error.js';
import { parseSipUri } from '../../../src/runtime/sip/message/sip-uri.js';
import { viaWithSource } from '../../../src/runtime/sip/message/via.js';
import { recordFrames } from './frame-record.js';
import { Choices, fuzz } from './fuzz.js';
import { readTortureCorpus } from './torture-corpus.js';

/** Inputs that found a bug once, or came close to; each file is one. */
const kept = new URL('../corpus/', import.meta.url);
const corpus = [
  ...readTortureCorpus().map(({ bytes }) => bytes),
  ...readdirSync(kept)
    .filter((name) => name.endsWith('.dat'))
    .map((name) => readFileSync(new URL(name, kept))),
];
const seed = 4475;
const runs = 20_000;

type Parser = (bytes: Buffer) => SipMessage;

function parse(bytes: Buffer): SipMessage {
  return parseSipMessage(bytes, defaultMessageLimits);
}

function parsedBy(parser: Parser, bytes: Buffer): SipMessage | SipParseError {
  try {
    return parser(bytes);
  } catch (error) {
    if (error instanceof SipParseError) return error;
    throw error;
  }
}

/** What holds of every parser: it takes or refuses; what it takes is whole, and stays so when it is edited and read again. */
function checkWith(parser: Parser): (bytes: Buffer) => void {
  return (bytes) => {
    const result = parsedBy(parser, bytes);
    if (result instanceof SipParseError) {
      if (result.request !== undefined) parsedBy(parse, newResponse(result.request, 400).toBytes());
      return;
    }
    const via = result.topVia;
    assert.ok(via !== undefined && result.callId !== '' && result.cseqNumber >= 0, 'what routing needs is there');
    assert.ok(bytes.includes(result.toBytes()), 'a message leaves as it came');
    assert.doesNotMatch(result.callId + result.fromTag + result.toTag + via.branch, /[\r\n]/, 'no value has two lines');
    parseSipUri(result.requestUri);
    const edited = result.clone();
    edited.replaceFirstValue('via', viaWithSource(via, '192.0.2.1', 5060));
    edited.prepend('via', 'SIP/2.0/TCP ours.example.com;branch=z9hG4bKours');
    edited.append('x-added', 'value');
    const again = parse(edited.toBytes());
    assert.equal(again.topVia?.host, 'ours.example.com');
    assert.equal(again.values('via').length, result.values('via').length + 1);
    assert.equal(again.callId, result.callId);
    assert.deepEqual(again.body, result.body);
    const answer = newResponse(result, 486, { toTag: 'ours' });
    assert.equal(parse(answer.toBytes()).statusCode, 486);
  };
}

function describe(finding: ReturnType<typeof fuzz>): string {
  return finding === undefined
    ? ''
    : `${String(finding.error)} for ${JSON.stringify(finding.bytes.toString('latin1'))}`;
}

test('no input makes the parser throw anything but its own error, or take what it cannot give back', () => {
  assert.equal(describe(fuzz({ seed, runs, corpus, check: checkWith(parse) })), '');
});

test('no input and no split makes the framer throw, fail twice or deliver what depends on the split', () => {
  const check = (bytes: Buffer) => {
    const choices = new Choices(bytes.length);
    const cut = choices.below(bytes.length + 1);
    const whole = recordFrames([bytes]);
    const halves = recordFrames([bytes.subarray(0, cut), bytes.subarray(cut)]);
    assert.ok(whole.failures.length <= 1, 'a failure is told once');
    assert.deepEqual(halves.messages, whole.messages);
    assert.deepEqual(halves.stun, whole.stun);
    assert.equal(halves.failures.length, whole.failures.length);
    for (const message of whole.messages) {
      const result = parsedBy(parse, message);
      if (result instanceof SipMessage)
        assert.equal(result.toBytes().length, message.length, 'framer and parser agree');
    }
  };
  const streams = corpus.map((bytes, at) => Buffer.concat([bytes, corpus[(at + 7) % corpus.length]!]));
  assert.equal(describe(fuzz({ seed, runs: 10_000, corpus: streams, check })), '');
});

/** A parser with the flaw of many: it lets a bare line feed end a field. */
function parserThatTrustsLineFeeds(bytes: Buffer): SipMessage {
  const text = bytes.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  const head = text.slice(0, headEnd).replaceAll(/(?<!\r)\n/g, '\r\n');
  return parse(Buffer.from(head + text.slice(headEnd), 'latin1'));
}

/** A parser that takes the first of several lengths. */
function parserThatTakesTheFirstLength(bytes: Buffer): SipMessage {
  let seen = 0;
  const text = bytes
    .toString('latin1')
    .replaceAll(/\r\n(?:content-length|l)[ \t]*:[^\r\n]*/gi, (line) => (seen++ === 0 ? line : ''));
  return parse(Buffer.from(text, 'latin1'));
}

for (const planted of [parserThatTrustsLineFeeds, parserThatTakesTheFirstLength])
  test(`the fuzzer finds the bug planted in the ${planted.name}`, () => {
    const finding = fuzz({ seed, runs, corpus: corpus.filter((bytes) => isTaken(bytes)), check: checkWith(planted) });
    assert.ok(finding !== undefined, 'the bug was not found');
    assert.match(String(finding.error), /leaves as it came/);
    assert.ok(finding.bytes.length < 400, `the finding was made small: ${finding.bytes.length} bytes`);
  });

function isTaken(bytes: Buffer): boolean {
  return parsedBy(parse, bytes) instanceof SipMessage;
}

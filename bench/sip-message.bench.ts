// CPU microseconds for what every SIP message costs: parsing, an edge's step, framing, and the STUN codec.
import { defaultMessageLimits } from '../src/runtime/sip/message/message-limits.js';
import { newResponse } from '../src/runtime/sip/message/new-message.js';
import { parseNameAddr } from '../src/runtime/sip/message/name-addr.js';
import { parseSipMessage } from '../src/runtime/sip/message/parse-sip-message.js';
import { parseSipUri } from '../src/runtime/sip/message/sip-uri.js';
import { StreamFramer } from '../src/runtime/sip/message/stream-framer.js';
import { viaWithSource, writeVia } from '../src/runtime/sip/message/via.js';
import { bindingRequest, bindingSuccess, parseStun } from '../src/runtime/sip/stun/stun-message.js';
import { contest } from './contest.js';
import { printTable, printTarget, printTitle } from './report.js';
import { invite, register } from './sip-messages.js';
import { spreadOf, spreadText } from './spread.js';

const rounds = 7;
const messages = 50_000;

/** Keeps results alive, so that nothing is left out as unused. */
let sink = 0;

function parse(bytes: Buffer) {
  return parseSipMessage(bytes, defaultMessageLimits);
}

/** What an edge reads and changes in a request on its way to the core. */
function edgeStep(bytes: Buffer): Buffer {
  const message = parse(bytes);
  const via = message.topVia;
  const uri = parseSipUri(message.requestUri);
  const contact = parseNameAddr(message.first('contact') ?? '');
  if (via === undefined || uri === undefined || contact === undefined) throw new Error('the message could not be read');
  sink += uri.host.length + contact.uri.length + message.fromTag.length + message.toTag.length + message.callId.length;
  message.replaceFirstValue('via', viaWithSource(via, '198.51.100.7', 40_123));
  message.prepend('via', writeVia('TLS', 'edge-1.example.com:7001', 'z9hG4bK7c1f0e9d8a6b5c4d3e2f'));
  message.set('max-forwards', String((message.maxForwards ?? 70) - 1));
  message.prepend('path', '<sip:q7Jm2xVb9nRk4tYw8sLc3g@edge-1.example.com:5061;transport=tls;lr;ob>');
  return message.toBytes();
}

function answer(bytes: Buffer): Buffer {
  return newResponse(parse(bytes), 200, { toTag: '8f7e6d5c', headers: [['expires', '120']] }).toBytes();
}

const binding = bindingRequest();

function answerStun(): number {
  const request = parseStun(binding);
  if (request === undefined) throw new Error('the binding request could not be read');
  return bindingSuccess(request, '198.51.100.7', 40_123).length;
}

const framer = new StreamFramer(defaultMessageLimits, {
  onMessage: (bytes) => (sink += bytes.length),
  onStun: (bytes) => (sink += bytes.length),
  onKeepalive: (kind) => (sink += kind.length),
  onFailure: (error) => {
    throw error;
  },
});

function microsecondsPer(step: () => number): number {
  const before = process.cpuUsage();
  for (let count = 0; count < messages; count += 1) sink += step();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / messages;
}

const steps: readonly (readonly [string, () => number])[] = [
  [`parse a REGISTER of ${register.length} bytes`, () => parse(register).cseqNumber],
  [`parse an INVITE of ${invite.length} bytes`, () => parse(invite).cseqNumber],
  ['edge step, REGISTER', () => edgeStep(register).length],
  ['edge step, INVITE', () => edgeStep(invite).length],
  ['parse a REGISTER and answer it', () => answer(register).length],
  ['frame a REGISTER', () => (framer.push(register), 0)],
  [
    'frame a REGISTER in two halves',
    () => (framer.push(register.subarray(0, 512)), framer.push(register.subarray(512)), 0),
  ],
  ['STUN: read a request, write the answer', answerStun],
];

printTitle('SIP messages and STUN in one process');
const contenders = steps.map(([name, step]) => ({ name, run: () => Promise.resolve(microsecondsPer(step)) }));
await contest(1, contenders);
const results = await contest(rounds, contenders);
const rows = [...results].map(([name, all]) => [name, spreadText(all, 2)]);
printTable(['step', 'CPU µs: median (least to most)'], rows);
console.log(`\n${rounds} rounds of ${messages} messages each; check sum ${sink}\n`);
const median = (name: string) => spreadOf(results.get(name) ?? []).median;
printTarget('edge step of a REGISTER, µs', median('edge step, REGISTER'), '<=', 4);
printTarget('STUN codec, µs', median('STUN: read a request, write the answer'), '<=', 0.5);

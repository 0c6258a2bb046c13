import { defaultMessageLimits, type MessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import { SipParseError } from '../../../src/runtime/sip/message/sip-parse-error.js';

export const sampleLines: readonly string[] = [
  'INVITE sip:bob@example.com SIP/2.0',
  'v: SIP/2.0/TCP 192.0.2.9:5062;rport;branch=z9hG4bKa',
  'Via: SIP/2.0/UDP [2001:DB8::1];branch=z9hG4bKb , SIP/2.0/TLS c.example.com;branch=z9hG4bKc',
  'Max-Forwards:   70',
  'f: "Ada \\"the, first\\"" <sip:ada@example.com>;tag=fff',
  't: <sip:bob@example.com>',
  'i: call-1@example.com',
  'CSeq: 7 INVITE',
  'Route: <sip:one.example.com;lr>,<sip:two.example.com;lr>',
  'X-Odd :\t"a',
  '\tb"  ',
  'l: 5',
];

/** Bytes of the sample with some of its lines in place of others, by what they begin with; undefined takes one away. */
export function sampleBytes(changes: Readonly<Record<string, string | undefined>> = {}, body = 'hello'): Buffer {
  const lines = sampleLines.flatMap((line) => {
    const change = Object.keys(changes).find((start) => line.startsWith(start));
    if (change === undefined) return [line];
    return changes[change] === undefined ? [] : [changes[change]];
  });
  return Buffer.from([...lines, '', body].join('\r\n'), 'latin1');
}

export function parseSample(bytes = sampleBytes()): SipMessage {
  return parseSipMessage(bytes, defaultMessageLimits);
}

/** Why bytes are refused. */
export function refusalOf(bytes: Buffer, limits: MessageLimits = defaultMessageLimits): SipParseError {
  try {
    parseSipMessage(bytes, limits);
  } catch (error) {
    if (error instanceof SipParseError) return error;
    throw error;
  }
  throw new Error(`it was taken: ${bytes.toString('latin1')}`);
}

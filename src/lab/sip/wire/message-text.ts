import { FairleadError } from '../../../errors.js';
import type { SipField, SipMessage } from './sip-message.js';

/** Compact forms (RFC 3261, 7.3.3, and the RFCs that added one). */
const compactNames: ReadonlyMap<string, string> = new Map([
  ['a', 'Accept-Contact'],
  ['b', 'Referred-By'],
  ['c', 'Content-Type'],
  ['e', 'Content-Encoding'],
  ['f', 'From'],
  ['i', 'Call-ID'],
  ['k', 'Supported'],
  ['l', 'Content-Length'],
  ['m', 'Contact'],
  ['o', 'Event'],
  ['r', 'Refer-To'],
  ['s', 'Subject'],
  ['t', 'To'],
  ['u', 'Allow-Events'],
  ['v', 'Via'],
]);

function malformed(what: string): FairleadError {
  return new FairleadError('lab.unexpected', `not a SIP message: ${what}`);
}

function fieldOfLine(line: string): SipField {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trimEnd();
  if (!/^[-.!%*_+`'~A-Za-z0-9]{1,64}$/.test(name)) throw malformed(`the header line "${line.slice(0, 60)}"`);
  return { name: compactNames.get(name.toLowerCase()) ?? name, value: line.slice(colon + 1).trim() };
}

function startOf(line: string) {
  const status = /^SIP\/2\.0 ([1-6]\d\d) (.*)$/.exec(line);
  if (status !== null) return { type: 'response', status: Number(status[1]), reason: status[2] ?? '' } as const;
  const request = /^([A-Za-z0-9.!%*_+`'~-]{1,40}) (\S{1,2000}) SIP\/2\.0$/.exec(line);
  if (request === null) throw malformed(`the start line "${line.slice(0, 80)}"`);
  return { type: 'request', method: request[1] ?? '', uri: request[2] ?? '' } as const;
}

/**
 * Reads one whole message; the body is text as it came, byte for byte in latin1.
 * @throws FairleadError `lab.unexpected` naming what is wrong with it.
 */
export function parseMessage(bytes: Buffer): SipMessage {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) throw malformed('it has no end of headers');
  const lines = text
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const [startLine = '', ...headerLines] = lines;
  return { ...startOf(startLine), fields: headerLines.map(fieldOfLine), body: text.slice(end + 4) };
}

/** Writes a message; Content-Length is always the right one, at the end. */
export function writeMessage(message: SipMessage): Buffer {
  const start =
    message.type === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  const lines = message.fields
    .filter(({ name }) => name.toLowerCase() !== 'content-length')
    .map(({ name, value }) => `${name}: ${value}`);
  const head = [start, ...lines, `Content-Length: ${message.body.length}`, '', ''].join('\r\n');
  return Buffer.from(head + message.body, 'latin1');
}

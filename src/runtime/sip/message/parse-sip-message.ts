import { parseDecimal } from './characters.js';
import { scanFields } from './field-scanner.js';
import { FieldTable } from './field-table.js';
import { fieldValue, type HeaderField } from './header-field.js';
import { checkMessage, repeatedField } from './message-checks.js';
import { headerIds } from './header-names.js';
import type { MessageLimits } from './message-limits.js';
import { SipMessage } from './sip-message.js';
import { SipParseError } from './sip-parse-error.js';
import { type BadLine, parseStartLine, type RequestLine, type StartLine } from './start-line.js';

/** Reads one whole message; what stands behind its body is left out (RFC 3261 section 18.3). Throws SipParseError. */
export function parseSipMessage(bytes: Buffer, limits: MessageLimits): SipMessage {
  if (bytes.length > limits.maximumMessageBytes)
    throw refusalOf(bytes, limits, 513, `a message has ${bytes.length} bytes, more than ${limits.maximumMessageBytes}`);
  const start = skipLineBreaks(bytes);
  const headEnd = bytes.indexOf(blankLine, start);
  if (headEnd < 0) throw refusalOf(bytes, limits, 400, 'the head of the message has no end');
  const head = readHead(bytes, bytes.toString('latin1', 0, headEnd + 2), start, headEnd + 2, limits);
  const length = head.problem ?? bodyLength(head.fields, bytes.length - headEnd - 4);
  if (typeof length === 'string') throw refusal(head, 400, length);
  const bodyStart = headEnd + 4;
  const end = bodyStart + length;
  const body = length === 0 ? nothing : bytes.subarray(bodyStart, end);
  const received = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
  const message = messageOf(head, body, received);
  const problem = checkMessage(message);
  if (problem !== undefined) throw refusal(head, 400, problem);
  return message;
}

const blankLine = Buffer.from('\r\n\r\n');

interface Head {
  readonly startLine: StartLine;
  readonly startText: string;
  readonly fields: HeaderField[];
  readonly problem: string | undefined;
}

function readHead(bytes: Buffer, text: string, start: number, end: number, limits: MessageLimits): Head {
  const lineEnd = text.indexOf('\r\n', start);
  const startLine = parseStartLine(text.slice(start, lineEnd));
  const scanned = scanFields(bytes, text, lineEnd + 2, end, limits);
  if (startLine.type === 'bad') throw badLineRefusal(startLine, scanned.fields);
  const problem = scanned.problem ?? repeatedField(scanned.fields);
  return { startLine, startText: text.slice(start, lineEnd + 2), fields: scanned.fields, problem };
}

/** The body's length, or why there is none: a datagram says it by its own end when the field is missing. */
function bodyLength(fields: readonly HeaderField[], available: number): number | string {
  const field = fields.find(({ id }) => id === headerIds.contentLength);
  if (field === undefined) return available;
  const length = parseDecimal(fieldValue(field), 2 ** 31 - 1);
  if (length === undefined) return 'Content-Length is no length';
  return length <= available ? length : `Content-Length says ${length} bytes, but ${available} came`;
}

function messageOf({ startLine, startText, fields }: Head, body: Buffer, received: Buffer): SipMessage {
  return new SipMessage({ startLine, startText, fields: new FieldTable(fields), body, received });
}

/** What to say of bytes whose first line and fields may or may not be there, for a reason that is known already. */
export function refusalOf(bytes: Buffer, limits: MessageLimits, status: 400 | 513, reason: string): SipParseError {
  const kept = bytes.subarray(0, limits.maximumMessageBytes);
  const text = kept.toString('latin1');
  const start = skipLineBreaks(kept);
  const blank = text.indexOf('\r\n\r\n', start);
  const end = blank < 0 ? text.lastIndexOf('\r\n') : blank;
  if (end < start) return new SipParseError(reason);
  try {
    return refusal(readHead(kept, text, start, end + 2, limits), status, reason);
  } catch (error) {
    if (error instanceof SipParseError) return error;
    throw error;
  }
}

function badLineRefusal({ status, message, method }: BadLine, fields: HeaderField[]): SipParseError {
  if (status === undefined) return new SipParseError(message);
  const startLine: RequestLine = { type: 'request', method, requestUri: 'sip:invalid' };
  return refusal({ startLine, startText: '', fields, problem: undefined }, status, message);
}

const nothing = Buffer.alloc(0);

function refusal({ startLine, fields }: Head, status: 400 | 505 | 513, reason: string): SipParseError {
  const isAnswered = startLine.type === 'request' && startLine.method !== 'ACK';
  if (!isAnswered || !fields.some(({ id }) => id === headerIds.via)) return new SipParseError(reason);
  const request = new SipMessage({ startLine, startText: '', fields: new FieldTable(fields), body: nothing });
  return new SipParseError(reason, status, request);
}

/** Senders may put line breaks before a message (RFC 3261 section 7.5). */
function skipLineBreaks(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) at += 2;
  return at;
}

import { parseDecimal, tokenEnd } from './characters.js';

/** The first line of a request. */
export interface RequestLine {
  readonly type: 'request';
  readonly method: string;
  readonly requestUri: string;
}

/** The first line of a response. */
export interface StatusLine {
  readonly type: 'response';
  readonly statusCode: number;
  readonly reasonPhrase: string;
}

/** A first line that is refused: 505 for another version of SIP, 400 for a request that is no good, undefined for what cannot be answered. */
export interface BadLine {
  readonly type: 'bad';
  readonly status: 400 | 505 | undefined;
  readonly message: string;
  /** Of a request, as far as it could be read. */
  readonly method: string;
}

export type StartLine = RequestLine | StatusLine;

const requestUriPattern = /^[a-z][a-z0-9+.-]*:[^\x00-\x20"<>\x7f-\xff]+$/i;
const statusPattern = /^SIP\/2\.0 (\d{3}) ([^\0\r\n]*)$/i;

function bad(status: BadLine['status'], message: string, method = ''): BadLine {
  return { type: 'bad', status, message, method };
}

/** Reads the first line, without its CRLF. */
export function parseStartLine(line: string): StartLine | BadLine {
  return /^SIP\//i.test(line) ? parseStatusLine(line) : parseRequestLine(line);
}

function parseStatusLine(line: string): StatusLine | BadLine {
  const match = statusPattern.exec(line);
  const statusCode = parseDecimal(match?.[1] ?? '', 699);
  if (statusCode === undefined || statusCode < 100) return bad(undefined, 'the status line is malformed');
  return { type: 'response', statusCode, reasonPhrase: match?.[2] ?? '' };
}

function parseRequestLine(line: string): RequestLine | BadLine {
  const methodEnd = tokenEnd(line, 0);
  const uriEnd = line.lastIndexOf(' ');
  const version = line.slice(uriEnd + 1);
  const method = line.slice(0, methodEnd);
  if (methodEnd === 0 || line[methodEnd] !== ' ' || !/sip\//i.test(line))
    return bad(undefined, 'the first line is not one of SIP');
  if (/^SIP\/\d+\.\d+$/i.test(version) && !/^SIP\/2\.0$/i.test(version))
    return bad(505, 'the version is not SIP/2.0', method);
  const requestUri = line.slice(methodEnd + 1, uriEnd);
  if (!/^SIP\/2\.0$/i.test(version) || !isRequestUri(requestUri))
    return bad(400, 'the request line is malformed', method);
  return { type: 'request', method, requestUri };
}

export function writeRequestLine(method: string, requestUri: string): string {
  return `${method} ${requestUri} SIP/2.0\r\n`;
}

/** Whether a text may stand as a Request-URI, where a URI has no headers (RFC 3261 section 19.1.1, table 1). */
export function isRequestUri(text: string): boolean {
  if (!requestUriPattern.test(text)) return false;
  // A user part may hold a question mark of its own.
  return !/^sips?:/i.test(text) || text.indexOf('?', text.lastIndexOf('@') + 1) < 0;
}

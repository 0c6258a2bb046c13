import { colon, parseDecimal, runEnd, space, tokenEnd, visibleTableWithout } from './characters.js';

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

const version = ' SIP/2.0';
const uriTable = visibleTableWithout('"<>').fill(0, 0x80);
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
  const method = line.slice(0, methodEnd);
  const requestUri = line.slice(methodEnd + 1, -version.length);
  if (methodEnd > 0 && line.charCodeAt(methodEnd) === space && isVersioned(line) && isRequestUri(requestUri))
    return { type: 'request', method, requestUri };
  if (methodEnd === 0 || line.charCodeAt(methodEnd) !== space || !/ sip\//i.test(line))
    return bad(undefined, 'the first line is not one of SIP');
  if (/ SIP\/\d{1,9}\.\d{1,9}$/i.test(line) && !isVersioned(line))
    return bad(505, 'the version is not SIP/2.0', method);
  return bad(400, 'the request line is malformed', method);
}

function isVersioned(line: string): boolean {
  return line.endsWith(version) || line.slice(-version.length).toUpperCase() === version;
}

/** A request line with its CRLF. */
export function writeRequestLine(method: string, requestUri: string): string {
  return `${method} ${requestUri} SIP/2.0\r\n`;
}

/** Whether a text may stand as a Request-URI, where a URI has no headers (RFC 3261 section 19.1.1, table 1). */
export function isRequestUri(text: string): boolean {
  const schemeEnd = tokenEnd(text, 0);
  if (schemeEnd === 0 || schemeEnd + 1 === text.length || text.charCodeAt(schemeEnd) !== colon) return false;
  if (runEnd(uriTable, text, schemeEnd) !== text.length) return false;
  // A user part may hold a question mark of its own.
  return !text.includes('?') || !/^sips?:/i.test(text) || !text.includes('?', text.lastIndexOf('@') + 1);
}

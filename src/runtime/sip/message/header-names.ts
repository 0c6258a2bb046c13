import { isNameAt } from './characters.js';

/** Names as they are written in fields that we add; the place in the list, from 1, is the id. */
const writtenNames = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Max-Forwards',
  'Content-Length',
  'Contact',
  'Route',
  'Record-Route',
  'Path',
  'Service-Route',
  'Supported',
  'Require',
  'Proxy-Require',
  'Unsupported',
  'Content-Type',
  'Content-Encoding',
  'Expires',
  'User-Agent',
  'Server',
  'Authorization',
  'Proxy-Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'Event',
  'Allow-Events',
  'Subject',
  'Refer-To',
  'Referred-By',
  'Session-Expires',
  'Accept-Contact',
  'Reject-Contact',
  'Request-Disposition',
  'Identity',
  'Identity-Info',
  'Allow',
  'Timestamp',
  'Warning',
  'Retry-After',
  'Date',
  'Organization',
  'MIME-Version',
  'RSeq',
  'RAck',
  'SIP-ETag',
  'SIP-If-Match',
  'Min-SE',
  'P-Asserted-Identity',
  'P-Served-User',
] as const;

const compactForms: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

const lowerNames = ['', ...writtenNames.map((name) => name.toLowerCase())];
const idsByName = new Map(lowerNames.map((name, id) => [name, id]));

/** What stands for every name without an id. */
export const unknownHeader = 0;

function idOf(name: string): number {
  const id = idsByName.get(name);
  if (id === undefined) throw new RangeError(`${name} is no known header`);
  return id;
}

/** Ids of the headers that the message layer itself reads. */
export const headerIds = {
  via: idOf('via'),
  from: idOf('from'),
  to: idOf('to'),
  callId: idOf('call-id'),
  cseq: idOf('cseq'),
  maxForwards: idOf('max-forwards'),
  contentLength: idOf('content-length'),
  timestamp: idOf('timestamp'),
} as const;

/** Known names of one length that begin with one letter. */
const candidates: (readonly number[] | undefined)[] = [];
for (const [id, name] of lowerNames.entries()) {
  if (id === unknownHeader) continue;
  const key = bucketOf(name.length, name.charCodeAt(0));
  candidates[key] = [...(candidates[key] ?? []), id];
}
const longestName = Math.max(...lowerNames.map(({ length }) => length));
const compactIds = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => {
  const name = compactForms[letter];
  return name === undefined ? unknownHeader : idOf(name);
});

function bucketOf(length: number, code: number): number {
  return length * 32 + (code & 31);
}

/** The id of the name between two places, long or compact and in any case; 0 when it is none of ours, or no name. */
export function headerIdAt(text: string, start: number, end: number): number {
  const length = end - start;
  const code = text.charCodeAt(start);
  if (length === 1) return compactIds[(code | 0x20) - 0x61] ?? unknownHeader;
  if (length > longestName) return unknownHeader;
  const ids = candidates[bucketOf(length, code)];
  if (ids === undefined) return unknownHeader;
  for (const id of ids) if (text.startsWith(writtenNames[id - 1] ?? '', start)) return id;
  for (const id of ids) if (isNameAt(text, start, lowerNames[id] ?? '')) return id;
  return unknownHeader;
}

/** The id of a name in lower-case long form, or 0. */
export function headerIdOf(name: string): number {
  return idsByName.get(name) ?? idsByName.get(name.toLowerCase()) ?? unknownHeader;
}

/** How a name is written in a field that we add: as registered, else with a capital behind every hyphen. */
export function writtenName(id: number, name: string): string {
  if (id !== unknownHeader) return writtenNames[id - 1] ?? name;
  return name === name.toLowerCase() ? name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()) : name;
}

/** Headers whose value may hold a comma without being a list (RFC 3261 section 7.3.1 and the grammar of each). */
const singleNames: ReadonlySet<string> = new Set([
  'authorization',
  'authentication-info',
  'call-id',
  'content-length',
  'content-type',
  'cseq',
  'date',
  'event',
  'expires',
  'from',
  'max-forwards',
  'organization',
  'proxy-authenticate',
  'proxy-authorization',
  'refer-to',
  'referred-by',
  'retry-after',
  'server',
  'session-expires',
  'subject',
  'timestamp',
  'to',
  'user-agent',
  'www-authenticate',
]);

/** Whether commas at the top level of a field's value separate values. */
export function isListHeader(name: string): boolean {
  return !singleNames.has(name.toLowerCase());
}

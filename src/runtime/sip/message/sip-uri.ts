import { parseHostPort } from './host-port.js';
import { type Parameters, parseParameters } from './parameters.js';

/** A sip or sips URI (RFC 3261 section 19.1). */
export interface SipUri {
  readonly text: string;
  readonly scheme: 'sip' | 'sips';
  /** As written, escapes kept, without a password; empty when there is none. */
  readonly user: string;
  readonly password: string | undefined;
  /** Lower case, IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Parameters;
  /** What follows the question mark, as written; empty when there is none. */
  readonly headers: string;
}

/** Reads a sip or sips URI; undefined for any other scheme and for what is no URI. */
export function parseSipUri(text: string): SipUri | undefined {
  const scheme = schemeOf(text);
  if (scheme === undefined) return undefined;
  const start = scheme.length + 1;
  // A user part may hold ; ? and /, so the host begins behind the last @ before any header that could hold one.
  const at = text.indexOf('@', start);
  const hostStart = at < 0 ? start : at + 1;
  const question = text.indexOf('?', hostStart);
  const end = question < 0 ? text.length : question;
  const semicolon = text.indexOf(';', hostStart);
  const hostEnd = semicolon < 0 || semicolon > end ? end : semicolon;
  const hostPort = parseHostPort(text, hostStart, hostEnd);
  const params = parseParameters(text.slice(0, end), hostEnd);
  if (hostPort === undefined || params === undefined) return undefined;
  const userInfo = at < 0 ? '' : text.slice(start, at);
  if (at >= 0 && userInfo === '') return undefined;
  const colon = userInfo.indexOf(':');
  return {
    text,
    scheme,
    user: colon < 0 ? userInfo : userInfo.slice(0, colon),
    password: colon < 0 ? undefined : userInfo.slice(colon + 1),
    ...hostPort,
    params,
    headers: question < 0 ? '' : text.slice(question + 1),
  };
}

function schemeOf(text: string): 'sip' | 'sips' | undefined {
  const colon = text.indexOf(':');
  if (colon !== 3 && colon !== 4) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  return scheme === 'sip' || scheme === 'sips' ? scheme : undefined;
}

const alwaysCompared = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Whether two URIs are the same by the rules of RFC 3261 section 19.1.4. */
export function sipUriEquals(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme || a.host !== b.host || a.port !== b.port) return false;
  if (unescape(a.user) !== unescape(b.user)) return false;
  if (unescape(a.password ?? '') !== unescape(b.password ?? '')) return false;
  if ((a.password === undefined) !== (b.password === undefined)) return false;
  return sameParameters(a.params, b.params) && sameHeaders(a.headers, b.headers);
}

function sameParameters(a: Parameters, b: Parameters): boolean {
  const names = new Set([...a.names().filter((name) => b.has(name)), ...alwaysCompared]);
  return [...names].every(
    (name) =>
      a.has(name) === b.has(name) &&
      unescape(a.get(name) ?? '').toLowerCase() === unescape(b.get(name) ?? '').toLowerCase(),
  );
}

function sameHeaders(a: string, b: string): boolean {
  const sorted = (headers: string) =>
    headers
      .split('&')
      .map((header) => unescape(header).toLowerCase())
      .toSorted();
  return sorted(a).join('&') === sorted(b).join('&');
}

/** Resolves %xx of characters that need no escape, which alone are the same with and without. */
function unescape(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9a-f]{2})/gi, (escaped, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[A-Za-z0-9\-_.!~*'()]/.test(character) ? character : escaped.toUpperCase();
  });
}

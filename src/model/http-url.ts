import { canonicalHost, isDnsName } from './address.js';
import { isIP } from 'node:net';

/** An HTTP URL without credentials, query and fragment. */
export interface HttpUrl {
  readonly scheme: 'http' | 'https';
  /** A name in lower case or a canonical address without brackets. */
  readonly host: string;
  readonly port: number;
  /** As it is written, with percent-encodings in upper case; empty when none is written. */
  readonly path: string;
}

const form = /^(https?):\/\/(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::([1-9]\d{0,4}))?(\/[^?#]*)?$/i;
const pathText = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
/** Dots, slashes and control characters in disguise: two parsers may read such a path in two ways. */
const disguised = /%(?:2e|2f|5c|7f|[01][0-9a-f])/i;
const defaultPorts = { http: 80, https: 443 } as const;

function isClearPath(path: string): boolean {
  if (!pathText.test(path) || disguised.test(path)) return false;
  return path.split('/').every((part) => part !== '.' && part !== '..');
}

function isHostText(host: string, bracketed: boolean): boolean {
  return bracketed ? isIP(host) === 6 : isIP(host) === 4 || isDnsName(host);
}

/** Reads an `http` or `https` URL strictly; undefined when anything about it is wrong or open to two readings. */
export function parseHttpUrl(text: string): HttpUrl | undefined {
  const [whole, schemeText = '', bracketed, name, portText, path = ''] = form.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const scheme = schemeText.toLowerCase() === 'https' ? 'https' : 'http';
  const host = bracketed ?? name ?? '';
  const port = portText === undefined ? defaultPorts[scheme] : Number(portText);
  if (!isHostText(host, bracketed !== undefined) || port > 65_535 || !isClearPath(path)) return undefined;
  const clearPath = path.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
  return { scheme, host: canonicalHost(host), port, path: clearPath };
}

/** The one text of a URL: a default port is left out. */
export function formatHttpUrl({ scheme, host, port, path }: HttpUrl): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${bracketed}${port === defaultPorts[scheme] ? '' : `:${port}`}${path}`;
}

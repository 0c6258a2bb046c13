import { isFqdn } from '../../model/address.js';
import { parseHttpUrl } from '../../model/http-url.js';

/** Where a client wants a request to go, as the first segment of its path says. */
export interface Target {
  readonly domain: string;
  readonly scheme: 'http' | 'https';
  /** A name in lower case, or a canonical address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The first segment of a path, decoded: a domain alone, or a target in it. */
export type Segment = { readonly domain: string; readonly target?: Target };

const maximumLength = 684;
const form = /^[A-Za-z0-9_-]+$/;
const portForm = /^[1-9]\d{0,4}$/;

/** Base64url without padding, which for a domain is base64 without padding as well. */
export function encodeDomain(domain: string): string {
  return Buffer.from(domain, 'latin1').toString('base64url');
}

/** The first segment of the path to a target: base64url of `domain/scheme/host/port`. */
export function encodeTarget({ domain, scheme, host, port }: Target): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return Buffer.from(`${domain}/${scheme}/${bracketed}/${port}`, 'latin1').toString('base64url');
}

function readTarget(domain: string, scheme: string, host: string, port: string): Target | undefined {
  if (!portForm.test(port)) return undefined;
  const url = parseHttpUrl(`${scheme}://${host}:${port}`);
  return url === undefined ? undefined : { domain, scheme: url.scheme, host: url.host, port: url.port };
}

/** Decodes the first segment of a path; undefined unless it is the one spelling of a domain or of a target. */
export function decodeSegment(segment: string): Segment | undefined {
  if (segment.length > maximumLength || !form.test(segment)) return undefined;
  const bytes = Buffer.from(segment, 'base64url');
  if (bytes.toString('base64url') !== segment) return undefined;
  const [domainText = '', scheme, host, port, ...rest] = bytes.toString('latin1').split('/');
  if (!isFqdn(domainText) || rest.length > 0) return undefined;
  const domain = domainText.toLowerCase();
  if (scheme === undefined) return { domain };
  if (host === undefined || port === undefined) return undefined;
  const target = readTarget(domain, scheme, host, port);
  return target === undefined ? undefined : { domain, target };
}

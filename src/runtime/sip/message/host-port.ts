import { isIPv6 } from 'node:net';
import { colon, parseDecimal } from './characters.js';

/** A host without brackets, in lower case, and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
}

const hostName = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_.])?$/;

/** Reads `host [ : port ]`, IPv6 in brackets; undefined when it is none. */
export function parseHostPort(text: string): HostPort | undefined {
  const isBracketed = text.startsWith('[');
  const hostEnd = isBracketed ? text.indexOf(']') + 1 : colonOrEnd(text);
  const host = (isBracketed ? text.slice(1, hostEnd - 1) : text.slice(0, hostEnd)).toLowerCase();
  if (isBracketed ? !isIPv6(host) : !hostName.test(host)) return undefined;
  const rest = text.slice(hostEnd).trim();
  if (rest === '') return { host, port: undefined };
  if (rest.charCodeAt(0) !== colon) return undefined;
  const port = parseDecimal(rest.slice(1).trim(), 65_535);
  return port === undefined ? undefined : { host, port };
}

function colonOrEnd(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === colon || code <= 0x20) return at;
  }
  return text.length;
}

/** Writes a host, IPv6 in brackets, and the port when there is one. */
export function writeHostPort(host: string, port: number | undefined): string {
  const written = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? written : `${written}:${port}`;
}

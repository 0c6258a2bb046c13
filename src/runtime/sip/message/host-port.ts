import { isIPv6 } from 'node:net';
import { colon, parseDecimal, runEnd, skipSpace } from './characters.js';

/** A host without brackets, in lower case, and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
}

const hostTable = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_')
  hostTable[character.charCodeAt(0)] = 1;

/** Reads `host [ : port ]`, IPv6 in brackets; undefined when it is none. */
export function parseHostPort(text: string): HostPort | undefined {
  const isBracketed = text.startsWith('[');
  const hostEnd = isBracketed ? text.indexOf(']') + 1 : runEnd(hostTable, text, 0);
  if (hostEnd === 0) return undefined;
  const host = (isBracketed ? text.slice(1, hostEnd - 1) : text.slice(0, hostEnd)).toLowerCase();
  if (isBracketed && !isIPv6(host)) return undefined;
  const colonAt = skipSpace(text, hostEnd);
  if (colonAt === text.length) return { host, port: undefined };
  if (text.charCodeAt(colonAt) !== colon) return undefined;
  const port = parseDecimal(text.slice(skipSpace(text, colonAt + 1)).trimEnd(), 65_535);
  return port === undefined ? undefined : { host, port };
}

/** Writes a host, IPv6 in brackets, and the port when there is one. */
export function writeHostPort(host: string, port: number | undefined): string {
  const written = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? written : `${written}:${port}`;
}

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

/** Reads `host [ : port ]` between two places, IPv6 in brackets; undefined when it is none. */
export function parseHostPort(text: string, start: number, end: number): HostPort | undefined {
  const isBracketed = text.startsWith('[', start);
  const hostEnd = isBracketed ? text.indexOf(']', start) + 1 : runEnd(hostTable, text, start);
  if (hostEnd <= start || hostEnd > end) return undefined;
  const host = (isBracketed ? text.slice(start + 1, hostEnd - 1) : text.slice(start, hostEnd)).toLowerCase();
  if (isBracketed && !isIPv6(host)) return undefined;
  const colonAt = skipSpace(text, hostEnd);
  if (colonAt >= end) return { host, port: undefined };
  if (text.charCodeAt(colonAt) !== colon) return undefined;
  const port = parseDecimal(text.slice(skipSpace(text, colonAt + 1), end).trimEnd(), 65_535);
  return port === undefined ? undefined : { host, port };
}

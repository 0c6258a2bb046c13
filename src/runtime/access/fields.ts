import type { IncomingHttpHeaders } from 'node:http';
import { isClaim } from './claimed-fields.js';
import { internalPrefix } from './internal-fields.js';

/** Fields of one hop (RFC 9110, 7.6.1), and those which the next hop's client library writes itself. */
const oneHop = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function namedBy(connection: string | undefined): readonly string[] {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return [];
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
}

/**
 * The fields of a request that go on to the next hop, as a flat list of names in lower case and values: without those of
 * one hop, those that Connection names, internal ones, claims about the way of the request, and those in `without`.
 */
export function fieldsToPassOn(
  rawHeaders: readonly string[],
  connection: string | undefined,
  without: ReadonlySet<string>,
): string[] {
  const named = namedBy(connection);
  const passed: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const isOurs = name.startsWith(internalPrefix) || without.has(name);
    if (isOurs || oneHop.has(name) || isClaim(name) || named.includes(name)) continue;
    passed.push(name, rawHeaders[index + 1] ?? '');
  }
  return passed;
}

/** The fields of an answer that go back, without those of one hop, those that Connection names, and internal ones. */
export function answerFields(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = namedBy(headers.connection);
  const passed: Record<string, string | string[]> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined || oneHop.has(name) || name.startsWith(internalPrefix) || named.includes(name)) continue;
    passed[name] = value;
  }
  return passed;
}

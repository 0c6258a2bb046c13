import type { IncomingMessage } from 'node:http';
import type { HttpTransportSpec } from '../../../model/generated/kinds.js';
import { type Answer, answers } from '../answer.js';
import { isDnsName } from '../../../model/address.js';

const methods = new Set(['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE']);
const hostForm = /^(?:([A-Za-z0-9.-]+)|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const requestLineExtraBytes = ' HTTP/1.1'.length + 1 + 2;
/** Fields that mean something once only; of two, this node and the next one might believe different ones. */
const onceOnly = new Set(['host', 'authorization', 'content-type', 'cookie']);

function isHost(value: string): boolean {
  const match = hostForm.exec(value);
  if (match === null) return false;
  const [, name] = match;
  return name === undefined || /^[0-9.]+$/.test(name) || isDnsName(name);
}

function checkFields(
  { rawHeaders, method = '', url = '' }: IncomingMessage,
  http: HttpTransportSpec,
): Answer | undefined {
  if (rawHeaders.length / 2 > http.maximumHeaderCount) return answers.fieldsTooLarge;
  let bytes = method.length + url.length + requestLineExtraBytes;
  const seen = new Set<string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    bytes += name.length + (rawHeaders[index + 1]?.length ?? 0) + 4;
    if (!onceOnly.has(name)) continue;
    if (seen.has(name)) return answers.malformed;
    seen.add(name);
  }
  return bytes > http.maximumHeaderBytes ? answers.fieldsTooLarge : undefined;
}

function checkBody({ headers }: IncomingMessage, http: HttpTransportSpec): Answer | undefined {
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return answers.malformed;
  return Number(headers['content-length'] ?? 0) > http.maximumBodyBytes ? answers.bodyTooLarge : undefined;
}

/**
 * What is wrong with a request, as the answer to it; undefined when it may go on. Node's parser has refused most of what
 * RFC 9112 leaves open to two readings before (both framings, folded fields, bare CR or LF, doubled lengths); this
 * refuses the rest, and what an access edge has no use for: other versions, upgrades, other methods.
 */
export function refusalOf(request: IncomingMessage, http: HttpTransportSpec): Answer | undefined {
  if (request.httpVersion !== '1.1') return answers.versionNotSupported;
  if (!methods.has(request.method ?? '')) {
    return { status: 405, text: 'This method is not served.', fields: { allow: [...methods].join(', ') } };
  }
  if (request.headers.upgrade !== undefined || !isHost(request.headers.host ?? '')) return answers.malformed;
  return checkFields(request, http) ?? checkBody(request, http);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { FairleadError } from '../../errors.js';

/**
 * Reads a JSON body; undefined when it is empty.
 * @throws FairleadError `node.bad-request` when it is longer than `limitBytes` or not JSON.
 */
export async function readJsonBody(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) continue;
    length += bytes.length;
    if (length > limitBytes) throw new FairleadError('node.bad-request', `the body is longer than ${limitBytes} bytes`);
    chunks.push(bytes);
  }
  if (length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return value;
  } catch (error) {
    throw new FairleadError('node.bad-request', 'the body is not JSON', { cause: error });
  }
}

/** Answers with a JSON value and ends the response. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

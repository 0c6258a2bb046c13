import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { asFairleadError, FairleadError } from '../../errors.js';
import type { EdgeAddress } from './edge-transport.js';

/** A request of a client, with everything that stands on the wire. */
export interface ClientRequest {
  readonly edge: EdgeAddress;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A whole answer. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const longestBodyBytes = 4 * 1024 * 1024;

/** Every `Set-Cookie` field of an answer; undici gives a lone one as text, whatever its types say. */
export function setCookieFields(headers: IncomingHttpHeaders): readonly string[] {
  const fields: unknown = headers['set-cookie'] ?? [];
  if (typeof fields === 'string') return [fields];
  return Array.isArray(fields) ? fields.filter((field) => typeof field === 'string') : [];
}

async function readBody(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) continue;
    length += bytes.length;
    if (length > longestBodyBytes) throw new FairleadError('lab.unexpected', `a body beyond ${longestBodyBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Sends a request and reads the whole answer, of at most 4 MiB.
 * @throws FairleadError `lab.unexpected` with the reason when there is no usable answer.
 */
export async function exchange(
  transport: Dispatcher,
  { edge, method, path, headers, body }: ClientRequest,
  signal: AbortSignal | undefined,
): Promise<ClientAnswer> {
  try {
    const answer = await transport.request({
      origin: `https://${edge.host}:${edge.port}`,
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: answer.statusCode, headers: answer.headers, body: await readBody(answer.body) };
  } catch (error) {
    throw asFairleadError(error, 'lab.unexpected');
  }
}

import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { HttpsEndpoint } from './https-endpoint.js';
import { nodeConnector } from './node-connector.js';
import { TimeLimitReached, withTimeLimit } from '../../platform/time-limit.js';

export interface HttpsRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly limitMs: number;
}

type Target = Pick<HttpsRequest, 'method' | 'path'>;

export interface HttpsAnswer {
  readonly status: number;
  /** The entity tag's text, with its quotes; empty without one. */
  readonly etag: string;
  /** Parsed JSON; undefined for an empty body. */
  readonly body: unknown;
}

const connectionsPerNode = 8;
const answerLimitBytes = 32 * 1024 * 1024;
/** An answer without an end that is silent for longer has lost its other end; nodes send a heartbeat every 15 s. */
const silenceLimitMs = 60_000;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message === '' ? code : error.message;
}

/** The HTTPS client of one node: verified TLS, bearer token, bounded answers, a time limit on every request. */
export class HttpsClient {
  readonly #endpoint: HttpsEndpoint;
  readonly #clock: Clock;
  readonly #pool: Pool;

  constructor(endpoint: HttpsEndpoint, clock: Clock) {
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#pool = new Pool(endpoint.url, {
      connections: connectionsPerNode,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: nodeConnector(endpoint),
    });
  }

  /** Gives the answer whatever its status. @throws FairleadError `node.unreachable`, `node.malformed-answer`; the reason of the signal */
  ask(request: HttpsRequest, signal: AbortSignal): Promise<HttpsAnswer> {
    return this.#guarded(request, signal, (limited) =>
      withTimeLimit(this.#clock, request.limitMs, limited, async (inTime) => {
        const response = await this.#send(request, inTime);
        const body = this.#parse(request, await this.#readAll(request, response.body), response.statusCode);
        return { status: response.statusCode, etag: String(response.headers['etag'] ?? ''), body };
      }),
    );
  }

  /**
   * Opens an answer without an end; its text comes in pieces until the signal aborts or the node closes it.
   * @throws FairleadError `node.unreachable`, also while the pieces come
   */
  async open(request: Omit<HttpsRequest, 'limitMs'>, signal: AbortSignal): Promise<AsyncIterable<string>> {
    const response = await this.#guarded(request, signal, () => this.#send(request, signal, silenceLimitMs));
    if (response.statusCode === 200) return this.#pieces(request, response.body, signal);
    response.body.on('error', () => undefined).destroy();
    throw new FairleadError('node.unreachable', `${this.#where(request)}: HTTP status ${response.statusCode}`);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async *#pieces(request: Target, body: Dispatcher.ResponseData['body'], signal: AbortSignal): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) {
        if (chunk instanceof Uint8Array) yield decoder.decode(chunk, { stream: true });
      }
    } catch (error) {
      signal.throwIfAborted();
      throw new FairleadError('node.unreachable', `${this.#where(request)}: ${reasonOf(error)}`, { cause: error });
    }
  }

  #where({ method, path }: Target): string {
    return `${this.#endpoint.node} did not answer ${method} ${this.#endpoint.url}${path}`;
  }

  async #send(
    request: Omit<HttpsRequest, 'limitMs'>,
    signal: AbortSignal,
    bodyTimeout = 0,
  ): Promise<Dispatcher.ResponseData> {
    const { method, path, headers, body } = request;
    return this.#pool.request({
      method,
      path,
      signal,
      bodyTimeout,
      headers: {
        ...headers,
        authorization: `Bearer ${this.#endpoint.token.reveal()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async #readAll(request: Target, body: Dispatcher.ResponseData['body']): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue;
      bytes += chunk.length;
      if (bytes > answerLimitBytes) throw this.#malformed(request, `more than ${answerLimitBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #parse(request: Target, text: string, status: number): unknown {
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch (error) {
      if (status >= 300) return undefined;
      throw this.#malformed(request, 'something that is not JSON', error);
    }
  }

  #malformed({ method, path }: Target, what: string, cause?: unknown): FairleadError {
    const message = `${this.#endpoint.node} answered ${method} ${path} with ${what}`;
    return new FairleadError('node.malformed-answer', message, { cause });
  }

  /** Tells what went wrong on the way, unless the caller gave up. */
  async #guarded<Result>(
    request: Target,
    signal: AbortSignal,
    task: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await task(signal);
    } catch (error) {
      if (error instanceof FairleadError) throw error;
      if (signal.aborted && !(signal.reason instanceof TimeLimitReached)) throw signal.reason;
      throw new FairleadError('node.unreachable', `${this.#where(request)}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

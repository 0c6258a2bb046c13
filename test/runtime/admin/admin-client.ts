import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Problem, Receipt } from '../../../src/admin/contract.js';
import { isRecord } from '../../../src/model/json.js';

/** Where an admin interface listens, and the CA of its certificate. */
export interface AdminEndpoint {
  readonly port: number;
  readonly ca: string;
}

export interface AdminRequest {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
  /** A client certificate. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface RateControl {
  readonly spec: { readonly maximumAuthorizationsPerPeriod: number };
}

/** The fields of any answer; which of them are there depends on what was asked. */
export type AnswerBody = Partial<Problem & Receipt & OpenApi & RateControl>;

export interface AdminAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Empty unless the answer is a JSON object. */
  readonly body: AnswerBody;
}

/** Sends one request over a connection of its own, and gives the answer once its head is there. */
export async function open(
  { port, ca }: AdminEndpoint,
  path: string,
  options: AdminRequest = {},
): Promise<IncomingMessage> {
  const { token, body, certificate } = options;
  const raw = options.raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(raw === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(raw)) }),
    ...options.headers,
  };
  const method = options.method ?? (raw === undefined ? 'GET' : 'POST');
  const sent = request({ host: '127.0.0.1', port, ca, path, method, headers, agent: false, ...certificate });
  sent.end(raw);
  return await new Promise((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
}

function isBody(value: unknown): value is AnswerBody {
  return isRecord(value);
}

function parsed(contentType: string, content: string): AnswerBody {
  const value: unknown = contentType.includes('json') && content !== '' ? JSON.parse(content) : undefined;
  return isBody(value) ? value : {};
}

/** Sends one request over a connection of its own. */
export async function ask(endpoint: AdminEndpoint, path: string, options: AdminRequest = {}): Promise<AdminAnswer> {
  const message = await open(endpoint, path, options);
  const content = await text(message);
  const { headers } = message;
  const body = parsed(headers['content-type'] ?? '', content);
  return { status: message.statusCode ?? 0, headers, text: content, body };
}

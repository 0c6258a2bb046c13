import { Agent, type Dispatcher } from 'undici';
import { adminPaths } from '../../admin/contract.js';

export interface NodeAdminOptions {
  readonly port: number;
  /** The name that the node's certificate carries. */
  readonly host: string;
  readonly ca: string;
  readonly token: string;
}

export interface NodeAdminAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: unknown;
}

const timeoutMs = 10_000;

/** The admin interface of a node as an operator uses it by hand; this is how drift is born. */
export class NodeAdmin {
  readonly #origin: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor({ port, host, ca, token }: NodeAdminOptions) {
    this.#origin = `https://127.0.0.1:${port}`;
    this.#token = token;
    const connect = { ca, servername: host, timeout: timeoutMs };
    this.#agent = new Agent({ connect, connections: 2, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  }

  async get(path: string): Promise<NodeAdminAnswer> {
    return await this.#ask({ method: 'GET', path });
  }

  /** With `ifMatch`, a digest, the node does it only when that is what it runs. */
  async post(path: string, body: unknown, ifMatch?: string): Promise<NodeAdminAnswer> {
    return await this.#ask({ method: 'POST', path, body: JSON.stringify(body) }, ifMatch);
  }

  /** Puts a resource in place of what the node runs under its kind and name. */
  async putResource(resource: { readonly kind: string; readonly metadata: { readonly name: string } }) {
    return await this.#ask({
      method: 'PUT',
      path: pathOf(resource.kind, resource.metadata.name),
      body: JSON.stringify(resource),
    });
  }

  async deleteResource(kind: string, name: string): Promise<NodeAdminAnswer> {
    return await this.#ask({ method: 'DELETE', path: pathOf(kind, name) });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(
    request: Pick<Dispatcher.RequestOptions, 'method' | 'path' | 'body'>,
    ifMatch?: string,
  ): Promise<NodeAdminAnswer> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    };
    const answer = await this.#agent.request({ ...request, origin: this.#origin, headers });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, body: parsed(text) };
  }
}

function pathOf(kind: string, name: string): string {
  return `${adminPaths.resources}/${kind}/${encodeURIComponent(name)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TestContext } from 'node:test';
import { authorEnvironment } from './git-repository.js';

export interface GitHttpServer {
  readonly port: number;
  /** What each request presented as Authorization, in order; undefined for none. */
  readonly presented: (string | undefined)[];
}

export interface GitHttpOptions {
  /** Below it, every repository is served. */
  readonly root: string;
  /** `user:password` that is asked for. */
  readonly credentials?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Answers every request with a redirect to here. */
  readonly redirectTo?: string;
}

/** Answers one request as a web server with git's own CGI program would. */
function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...authorEnvironment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: [request.headers['git-protocol'] ?? ''].flat().join(),
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
  });
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const fields = head
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': '));
    const headers = new Map(fields.map(([name = '', value = '']) => [name, value]));
    for (const [name, value] of headers) if (name !== 'Status') response.setHeader(name, value);
    response.writeHead(Number.parseInt(headers.get('Status') ?? '200', 10));
    response.write(head.subarray(end + 4));
  });
  child.stdout.on('end', () => response.end());
}

/** Serves repositories over smart HTTP on a free port of loopback until the test ends. */
export async function serveGitHttp(t: TestContext, options: GitHttpOptions): Promise<GitHttpServer> {
  const presented: (string | undefined)[] = [];
  const wanted =
    options.credentials === undefined ? undefined : `Basic ${Buffer.from(options.credentials).toString('base64')}`;
  const answer: RequestListener = (request, response) => {
    presented.push(request.headers.authorization);
    if (options.redirectTo !== undefined)
      response.writeHead(302, { location: `${options.redirectTo}${request.url ?? ''}` }).end();
    else if (wanted !== undefined && request.headers.authorization !== wanted)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    else runBackend(options.root, request, response);
  };
  const server = options.tls === undefined ? createServer(answer) : createTlsServer(options.tls, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, presented };
}

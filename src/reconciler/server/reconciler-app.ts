import type { ServerOptions } from 'node:https';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemMediaType, problemOf } from '../../admin/problem.js';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import type { Log } from '../../platform/log.js';
import { isSameSecret } from '../../platform/same-secret.js';
import type { Secret } from '../../platform/secret.js';
import type { ReconcilerStatus } from '../status/status.js';
import { reconcilerPaths } from './paths.js';
import { isGenuine, SeenDeliveries, webhookLimitBytes } from './webhook.js';

/** What the server shows and passes on. */
export interface ReconcilerBackend {
  status(): ReconcilerStatus;
  isReady(): boolean;
  /** Text in the Prometheus exposition format. */
  metrics(): Promise<string>;
  /** The source may have moved. */
  hint(): void;
}

export interface ReconcilerAppParts {
  readonly backend: ReconcilerBackend;
  readonly token: () => Secret;
  /** Without it no webhook is accepted. */
  readonly webhookSecret: () => Secret | undefined;
  readonly log: Log;
}

const requestLimitMs = 30_000;
const mostConnections = 256;

function answer(reply: FastifyReply, status: number, error: FairleadError): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="fairlead"');
  return reply.code(status).type(problemMediaType).send(problemOf(error, status));
}

function refuseUnknown(
  token: () => Secret,
): (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined {
  return ({ headers, routeOptions }, reply) => {
    if (routeOptions.url === reconcilerPaths.webhook) return undefined;
    const [scheme = '', shown = ''] = (headers.authorization ?? '').split(' ', 2);
    if (scheme.toLowerCase() === 'bearer' && isSameSecret(shown, token())) return undefined;
    return answer(reply, 401, new FairleadError('server.unauthenticated', 'the request carries no valid bearer token'));
  };
}

function addReadRoutes(app: FastifyInstance, backend: ReconcilerBackend): void {
  app.get(reconcilerPaths.status, () => backend.status());
  app.get(reconcilerPaths.live, () => ({ live: true }));
  app.get(reconcilerPaths.ready, (_request, reply) =>
    backend.isReady()
      ? { ready: true }
      : answer(reply, 503, new FairleadError('server.not-ready', 'not every cluster was passed over yet')),
  );
  app.get(reconcilerPaths.metrics, async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return backend.metrics();
  });
}

/** A webhook is a hint: whatever it says, the source itself is asked. */
function addWebhook(app: FastifyInstance, { backend, webhookSecret, log }: ReconcilerAppParts): void {
  const seen = new SeenDeliveries();
  app.post(reconcilerPaths.webhook, { bodyLimit: webhookLimitBytes }, ({ headers, body }, reply) => {
    const bytes = body instanceof Uint8Array ? body : new Uint8Array();
    const secret = webhookSecret();
    if (secret === undefined || !isGenuine(headers, bytes, secret))
      return answer(reply, 401, new FairleadError('server.unauthenticated', 'the webhook carries no valid signature'));
    const isNew = seen.isNew(headers, bytes);
    log.debug({ isNew }, 'webhook');
    if (isNew) backend.hint();
    return reply.code(202).send({ accepted: true, isNew });
  });
}

function refusal(thrown: unknown): { readonly status: number; readonly error: FairleadError } | undefined {
  const status = isRecord(thrown) ? thrown['statusCode'] : undefined;
  if (typeof status !== 'number' || status >= 500) return undefined;
  const message = status === 413 ? `the body is larger than ${webhookLimitBytes} bytes` : 'the request is not valid';
  return { status, error: new FairleadError('server.bad-request', message) };
}

/** The server of the reconciler, not listening yet: without `tls` it speaks plain HTTP, which is for loopback only. */
export function newReconcilerApp(parts: ReconcilerAppParts, tls: ServerOptions | null): FastifyInstance {
  const { backend, token, log } = parts;
  const app: FastifyInstance = Fastify({
    https: tls,
    bodyLimit: 1024,
    requestTimeout: requestLimitMs,
    forceCloseConnections: true,
  });
  app.server.maxConnections = mostConnections;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => refuseUnknown(token)(request, reply));
  app.setNotFoundHandler((_request, reply) =>
    answer(reply, 404, new FairleadError('server.bad-request', 'there is no such path')),
  );
  app.setErrorHandler((thrown, _request, reply) => {
    const { status, error } = refusal(thrown) ?? {
      status: 500,
      error: new FairleadError('internal', 'the request failed'),
    };
    if (status === 500) log.error({ err: thrown }, 'a request failed for no reason of its own');
    return answer(reply, status, error);
  });
  addReadRoutes(app, backend);
  addWebhook(app, parts);
  return app;
}

import type { Server, ServerOptions } from 'node:https';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type onRequestHookHandler } from 'fastify';
import { adminBodyLimitBytes } from '../../admin/contract.js';
import { FairleadError } from '../../errors.js';
import type { IdentifiedSchema } from '../../model/schema-check.js';
import type { Log } from '../../platform/log.js';
import type { AdminIdentity } from '../node-config.js';
import { type AdminRoute, identityKey } from './admin-route.js';
import { type Authentication, isAllowed } from './authentication.js';
import { describeRoute, openapiOptions } from './openapi.js';
import { refuseConnection, sendProblem, sendStatus } from './problem-reply.js';

export interface AdminAppParts {
  readonly tls: ServerOptions;
  readonly schemas: readonly IdentifiedSchema[];
  readonly authentication: Authentication;
  readonly version: string;
  readonly log: Log;
}

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const mostConnections = 256;
const requestLimitMs = 60_000;
const longestParam = 512;

export type AdminApp = FastifyInstance<Server>;

function newFastify({ tls, authentication, log }: AdminAppParts): AdminApp {
  const app = Fastify({
    https: tls,
    bodyLimit: adminBodyLimitBytes,
    requestTimeout: requestLimitMs,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: longestParam },
    clientErrorHandler: (_error, socket) => refuseConnection(socket),
    // Hooks do not run for a path that cannot be decoded, so it is authenticated here.
    frameworkErrors: (error, request, reply) => {
      try {
        authentication.identify(request.raw);
        sendProblem(reply, error, log);
      } catch (refusal) {
        sendProblem(reply, refusal, log);
      }
    },
  });
  app.server.maxConnections = mostConnections;
  return app;
}

/** Makes an empty admin server: everything on it is authenticated, and everything it refuses is told as a problem. */
export async function newAdminApp(parts: AdminAppParts): Promise<AdminApp> {
  const { schemas, authentication, version, log } = parts;
  const app = newFastify(parts);
  app.removeContentTypeParser('text/plain');
  // Bodies are checked by the handlers, where the check gives them their type; schemas here are for the document.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  for (const schema of schemas) app.addSchema(schema);
  await app.register(swagger, openapiOptions(version));
  app.decorateRequest(identityKey, null);
  app.addHook('onRequest', (request, _reply, done) => {
    request.setDecorator(identityKey, authentication.identify(request.raw));
    done();
  });
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error, log));
  app.setNotFoundHandler((_request, reply) => {
    sendProblem(reply, new FairleadError('node.not-found', 'there is no such path on a node'), log);
  });
  return app;
}

function requireScope({ scope }: AdminRoute): onRequestHookHandler {
  return (request, _reply, done) => {
    const identity = request.getDecorator<AdminIdentity>(identityKey);
    if (isAllowed(identity, scope)) done();
    else throw new FairleadError('node.forbidden', `${identity.name} lacks the scope ${scope}, which this needs`);
  };
}

function addRoute(app: AdminApp, route: AdminRoute): void {
  app.route({
    method: route.method,
    url: route.path,
    schema: describeRoute(route),
    onRequest: requireScope(route),
    handler: async (request, reply) => {
      const answer = await route.handle(request, reply);
      return reply.sent ? reply : reply.send(answer);
    },
  });
}

function refuseOtherMethods(app: AdminApp, path: string, methods: readonly string[]): void {
  app.route({
    method: allMethods.filter((method) => !methods.includes(method)),
    url: path,
    schema: { hide: true },
    // Before the body is read: what is wrong with it does not matter here.
    onRequest: (_request, reply) => {
      reply.header('allow', methods.join(', '));
      sendStatus(reply, 405, new FairleadError('node.bad-request', `this path takes ${methods.join(', ')} only`));
    },
    handler: (_request, reply) => reply,
  });
}

/** Adds routes; what a path does not take is answered with 405. */
export function addRoutes(app: AdminApp, routes: readonly AdminRoute[]): void {
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    addRoute(app, route);
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method]);
  }
  for (const [path, taken] of methods) refuseOtherMethods(app, path, taken);
}

import type { ServerOptions } from 'node:https';
import type { FastifyRequest } from 'fastify';
import { adminPaths, type ConfirmRequest, type PlanReference } from '../../admin/contract.js';
import { FairleadError } from '../../errors.js';
import { newSchemaChecks } from '../../model/schema-check.js';
import type { Clock } from '../../platform/clock.js';
import type { FilePart } from '../../platform/file-reload.js';
import type { Log } from '../../platform/log.js';
import { readTlsFiles, tlsFilePart } from '../../platform/tls-files.js';
import type { Activation } from '../config-store.js';
import type { AdminConfig, AdminIdentity } from '../node-config.js';
import { readAdminSchemas } from '../schema-files.js';
import type { Service } from '../service.js';
import { type AdminApp, addRoutes, newAdminApp } from './admin-app.js';
import type { AdminBackend } from './admin-backend.js';
import type { AdminRoute } from './admin-route.js';
import { Authentication } from './authentication.js';
import { EventStream } from './event-stream.js';
import { InFlight } from './in-flight.js';
import { type PlanBodies, planRoutes } from './plan-routes.js';
import { snapshotRoutes } from './snapshot-routes.js';
import { statusRoutes } from './status-routes.js';

export interface AdminServerDeps {
  readonly backend: AdminBackend;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

const drainLimitMs = 10_000;
const handshakeLimitMs = 10_000;

async function tlsOptions(files: AdminConfig['tls']): Promise<ServerOptions> {
  const shared = { ...(await readTlsFiles(files)), handshakeTimeout: handshakeLimitMs } as const;
  if (files.clientCaFile === undefined) return shared;
  // A client without a good certificate may still have a token, so the handshake goes on.
  return { ...shared, requestCert: true, rejectUnauthorized: false };
}

/** The admin interface of a node, over TLS. */
export class AdminServer implements Service {
  readonly name = 'admin';
  readonly #stream: EventStream;
  readonly #authentication: Authentication;
  readonly #inFlight = new InFlight<FastifyRequest>();
  #app: AdminApp | undefined;
  #isStopping = false;

  constructor(
    private readonly config: AdminConfig,
    private readonly deps: AdminServerDeps,
  ) {
    this.#stream = new EventStream(deps.backend.events, deps.clock);
    this.#authentication = new Authentication(config.identities, deps.clock);
  }

  /** Certificate, key, and CA of clients. */
  tlsFiles(): FilePart {
    return tlsFilePart('admin.tls', this.config.tls, (options) => this.#app?.server.setSecureContext(options));
  }

  /** Knows these identities, and no others, from the next request on. */
  accept(identities: readonly AdminIdentity[]): void {
    this.#authentication.accept(identities);
  }

  /** The port it listens on; 0 before `start`. */
  port(): number {
    const address = this.#app?.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** @throws FairleadError `node.config` when certificate, key or address cannot be used. */
  async start(): Promise<void> {
    const app = await this.#build();
    try {
      await app.listen(this.config.listen);
    } catch (error) {
      await app.close();
      const { host, port } = this.config.listen;
      throw new FairleadError('node.config', `the admin interface cannot listen on ${host}:${port}`, { cause: error });
    }
    this.#app = app;
  }

  /** Ends event streams, lets requests in flight be answered for at most 10 s, and closes every connection. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stream.close();
    await this.#inFlight.drained(this.deps.clock, drainLimitMs);
    await this.#app?.close();
  }

  async #build(): Promise<AdminApp> {
    const { log, version } = this.deps;
    const schemas = readAdminSchemas();
    const authentication = this.#authentication;
    const app = await newAdminApp({ tls: await tlsOptions(this.config.tls), schemas, authentication, version, log });
    this.#follow(app);
    addRoutes(app, this.#routes(app, newBodyChecks()));
    return app;
  }

  #follow(app: AdminApp): void {
    app.addHook('onRequest', (request, reply, done) => {
      if (this.#isStopping) throw new FairleadError('node.busy', 'the node is stopping');
      this.#inFlight.begin(request);
      // Unlike the hook onResponse, this also comes when the client went away.
      reply.raw.once('close', () => this.#inFlight.end(request));
      done();
    });
    app.addHook('onResponse', ({ method, routeOptions }, { statusCode }, done) => {
      this.deps.log.debug({ method, path: routeOptions.url, statusCode }, 'admin request');
      done();
    });
  }

  #routes(app: AdminApp, bodies: PlanBodies): readonly AdminRoute[] {
    const { backend, clock } = this.deps;
    return [
      ...snapshotRoutes(backend),
      ...planRoutes(backend, bodies),
      ...statusRoutes(backend, clock),
      this.#stream.route(),
      {
        method: 'GET',
        path: adminPaths.openapi,
        scope: 'read',
        summary: 'This document',
        handle: () => app.swagger(),
      },
    ];
  }
}

function newBodyChecks(): PlanBodies {
  const check = newSchemaChecks(readAdminSchemas(), ['/secrets']);
  const id = (name: string): string => `https://fairlead.dev/schemas/admin/${name}.schema.json`;
  return {
    activate: check<Omit<Activation, 'ifMatch'>>(id('activate-request')),
    confirm: check<ConfirmRequest>(id('confirm-request')),
    planReference: check<PlanReference>(id('plan-reference')),
  };
}

import { readFile } from 'node:fs/promises';
import type { ServerOptions } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { FairleadError } from '../../errors.js';
import type { Log } from '../../platform/log.js';
import { Secret } from '../../platform/secret.js';
import type { ServerConfig } from '../config.js';
import { newReconcilerApp } from './reconciler-app.js';
import type { ReconcilerBackend } from './reconciler-app.js';

const shortestSecret = 16;

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new FairleadError('node.config', `${file} could not be read`, { cause: error });
  });
}

/** One line end at its end does not count. */
async function readSecret(file: string): Promise<Secret> {
  const value = (await readText(file)).replace(/\r?\n$/, '');
  if (value.length >= shortestSecret) return new Secret(value);
  throw new FairleadError(
    'node.config',
    `${file} holds a secret of ${value.length} characters; at least ${shortestSecret} are needed`,
  );
}

async function readTls({ tls }: ServerConfig): Promise<ServerOptions | null> {
  if (tls === undefined) return null;
  const [cert, key] = await Promise.all([readText(tls.certFile), readText(tls.keyFile)]);
  return { cert, key, minVersion: 'TLSv1.2' };
}

/** Status, metrics and webhooks of a reconciler over HTTP; everything but a webhook needs the token. */
export class ReconcilerServer {
  readonly #app: FastifyInstance;
  readonly port: number;

  private constructor(app: FastifyInstance) {
    this.#app = app;
    const address = app.server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Serves when it resolves. @throws FairleadError `node.config` when a file or the address cannot be used */
  static async start(config: ServerConfig, backend: ReconcilerBackend, log: Log): Promise<ReconcilerServer> {
    const token = await readSecret(config.tokenFile);
    const { webhookSecretFile } = config;
    const webhookSecret = webhookSecretFile === undefined ? undefined : await readSecret(webhookSecretFile);
    const app = newReconcilerApp({ backend, token, webhookSecret, log }, await readTls(config));
    try {
      await app.listen(config.listen);
    } catch (error) {
      await app.close();
      const { host, port } = config.listen;
      throw new FairleadError('node.config', `cannot listen on ${host}:${port}`, { cause: error });
    }
    return new ReconcilerServer(app);
  }

  stop(): Promise<void> {
    return this.#app.close();
  }
}

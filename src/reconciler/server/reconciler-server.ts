import { readFile } from 'node:fs/promises';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { FairleadError } from '../../errors.js';
import type { FilePart } from '../../platform/file-reload.js';
import type { Log } from '../../platform/log.js';
import { Secret } from '../../platform/secret.js';
import { readTlsFiles, tlsFilePart } from '../../platform/tls-files.js';
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

interface Secrets {
  readonly token: Secret;
  readonly webhookSecret: Secret | undefined;
}

async function readSecrets({ tokenFile, webhookSecretFile }: ServerConfig): Promise<Secrets> {
  const token = await readSecret(tokenFile);
  return { token, webhookSecret: webhookSecretFile === undefined ? undefined : await readSecret(webhookSecretFile) };
}

function tlsPartOf(app: FastifyInstance, { tls }: ServerConfig): readonly FilePart[] {
  const { server } = app;
  if (tls === undefined || !(server instanceof TlsServer)) return [];
  return [tlsFilePart('server.tls', tls, (options) => server.setSecureContext(options))];
}

/** Status, metrics and webhooks of a reconciler over HTTP; everything but a webhook needs the token. */
export class ReconcilerServer {
  readonly #app: FastifyInstance;
  readonly port: number;
  /** Its certificate and its secrets. */
  readonly files: readonly FilePart[];

  private constructor(app: FastifyInstance, files: readonly FilePart[]) {
    this.#app = app;
    this.files = files;
    const address = app.server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Serves when it resolves. @throws FairleadError `node.config` when a file or the address cannot be used */
  static async start(config: ServerConfig, backend: ReconcilerBackend, log: Log): Promise<ReconcilerServer> {
    let secrets = await readSecrets(config);
    const { tls, tokenFile, webhookSecretFile } = config;
    const parts = { backend, token: () => secrets.token, webhookSecret: () => secrets.webhookSecret, log };
    const app = newReconcilerApp(parts, tls === undefined ? null : await readTlsFiles(tls));
    const secretFiles: FilePart = {
      name: 'server secrets',
      files: [tokenFile, ...(webhookSecretFile === undefined ? [] : [webhookSecretFile])],
      reload: async () => {
        secrets = await readSecrets(config);
      },
    };
    try {
      await app.listen(config.listen);
    } catch (error) {
      await app.close();
      const { host, port } = config.listen;
      throw new FairleadError('node.config', `cannot listen on ${host}:${port}`, { cause: error });
    }
    return new ReconcilerServer(app, [secretFiles, ...tlsPartOf(app, config)]);
  }

  stop(): Promise<void> {
    return this.#app.close();
  }
}

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errorOfProblem } from '../../admin/problem.js';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import { Secret } from '../../platform/secret.js';
import type { ServerConfig } from '../../reconciler/config.js';
import { HttpsClient } from '../../reconciler/driver/https-client.js';
import type { HttpsEndpoint } from '../../reconciler/driver/https-endpoint.js';
import { reconcilerPaths } from '../../reconciler/server/paths.js';
import type { ReconcilerStatus } from '../../reconciler/status/status.js';
import type { Io } from '../io.js';

const limitMs = 10_000;
const anyAddress: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw new FairleadError('node.config', `${file} could not be read`, { cause: error });
  });
}

/** The server's certificate lies beside its configuration, so exactly that one is trusted, under its own name. */
function trustOf(certificates: string): Pick<HttpsEndpoint, 'ca' | 'isPinned' | 'serverName'> {
  const [, serverName] = /DNS:([^,]+)/.exec(new X509Certificate(certificates).subjectAltName ?? '') ?? [];
  return { ca: certificates, isPinned: true, serverName };
}

async function endpointOf({ listen, tls, tokenFile }: ServerConfig): Promise<HttpsEndpoint> {
  const host = anyAddress[listen.host] ?? listen.host;
  const origin = `${host.includes(':') ? `[${host}]` : host}:${listen.port}`;
  const token = new Secret((await readText(tokenFile)).replace(/\r?\n$/, ''));
  const base = { node: 'the reconciler', token };
  if (tls === undefined) return { ...base, url: `http://${origin}` };
  return { ...base, url: `https://${origin}`, ...trustOf(await readText(tls.certFile)) };
}

/** Looks only as far as another program, or another version, would be noticed. */
function isStatus(value: unknown): value is ReconcilerStatus {
  return isRecord(value) && value['version'] === 1 && isRecord(value['source']) && Array.isArray(value['clusters']);
}

/**
 * Asks the daemon of a configuration for its status.
 * @throws FairleadError `node.unreachable` when none answers there, `node.config`, or what the daemon answers
 */
export async function askReconciler(io: Io, server: ServerConfig): Promise<ReconcilerStatus> {
  const client = new HttpsClient(await endpointOf(server), io.clock);
  try {
    const { status, body } = await client.ask({ method: 'GET', path: reconcilerPaths.status, limitMs }, io.signal);
    if (status !== 200) throw errorOfProblem(body, status);
    if (isStatus(body)) return body;
    throw new FairleadError('node.malformed-answer', 'what answers on the port of the reconciler is another program');
  } finally {
    await client.close();
  }
}

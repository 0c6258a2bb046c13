import { X509Certificate } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ProbeCheck } from '../../../model/health.js';
import type { Clock } from '../../../platform/clock.js';
import type { CoreLinks } from '../../link-port.js';
import { readBoundedText } from '../bounded-text.js';
import { encodeDomain } from '../path-segment.js';
import { check } from '../../probe-check.js';
import { checksLimitBytes, checksPath, readChecks } from '../probe-checks.js';
import { type CorePools, coreOrigin } from './core-pools.js';
import type { ProbePass } from './probe-pass.js';

export interface EdgeProbeParts {
  readonly clock: Clock;
  readonly links: CoreLinks;
  readonly pools: CorePools;
  readonly certificate: string;
  readonly pass: ProbePass;
  readonly listenHost: string;
  port(): number;
}

/** Where the listener is reached from this machine. */
function ownAddress(listenHost: string): string {
  if (listenHost === '0.0.0.0') return '127.0.0.1';
  return listenHost === '::' ? '::1' : listenHost;
}

/** Asks the own listener for the status of a request without credentials, over TLS, and demands the own certificate. */
function askListener(
  domain: string,
  parts: EdgeProbeParts,
  signal: AbortSignal,
): Promise<{ status: number; challenge: string | undefined }> {
  const host = ownAddress(parts.listenHost);
  const own = new X509Certificate(parts.certificate).fingerprint256;
  return new Promise((resolve, reject) => {
    const asking = httpsRequest(
      {
        host,
        port: parts.port(),
        path: `/${encodeDomain(domain)}/get_edge_config`,
        agent: false,
        headers: parts.pass.fields,
        signal,
        servername: isIP(host) === 0 ? host : '',
        // Nobody else's certificate will do: it is compared with the own one before the request is sent.
        rejectUnauthorized: false,
      },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, challenge: response.headers['www-authenticate'] });
      },
    );
    asking.on('error', reject);
    asking.on('socket', (socket: TLSSocket) => {
      socket.once('secureConnect', () => {
        if (socket.getPeerX509Certificate()?.fingerprint256 === own) asking.end();
        else asking.destroy(new Error('another certificate than the configured one is served'));
      });
    });
  });
}

async function tryListener(domain: string, parts: EdgeProbeParts, signal: AbortSignal): Promise<string> {
  const { status, challenge } = await askListener(domain, parts, signal);
  if (status === 401 && challenge !== undefined) return 'the listener asks for credentials';
  throw new Error(`the listener answered ${status} instead of asking for credentials`);
}

async function askCore(core: string, parts: EdgeProbeParts, signal: AbortSignal): Promise<readonly ProbeCheck[]> {
  const answer = await parts.pools.to(core).request({ origin: coreOrigin, path: checksPath, method: 'GET', signal });
  const text = await readBoundedText(answer.body, checksLimitBytes);
  const checks = answer.statusCode === 200 ? readChecks(text) : undefined;
  if (checks === undefined) throw new Error(`the core answered ${answer.statusCode} and no checks`);
  return checks;
}

/** The link to a core, and behind it the checks of the core itself under names of their own. */
async function probeCore(core: string, parts: EdgeProbeParts, signal: AbortSignal): Promise<readonly ProbeCheck[]> {
  let behind: readonly ProbeCheck[] = [];
  const link = await check({ id: `core ${core} answers over its link` }, parts.clock, async () => {
    behind = await askCore(core, parts, signal);
    return `${behind.length} checks behind it`;
  });
  return [link, ...behind.map((one) => ({ ...one, id: `through core ${core}: ${one.id}` }))];
}

/** Tries the data path of an edge: its own listener for every served domain, and every core with what is behind it. */
export async function probeEdge(
  domains: ReadonlySet<string>,
  parts: EdgeProbeParts,
  signal: AbortSignal,
): Promise<readonly ProbeCheck[]> {
  const listener = [...domains].map((domain) =>
    check({ id: `Domain/${domain} is served`, resource: `Domain/${domain}` }, parts.clock, () =>
      tryListener(domain, parts, signal),
    ),
  );
  const cores = parts.links.status().map(({ peer }) => probeCore(peer, parts, signal));
  const [own, behind] = await Promise.all([Promise.all(listener), Promise.all(cores)]);
  return [...own, ...behind.flat()];
}

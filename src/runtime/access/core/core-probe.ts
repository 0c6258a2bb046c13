import type { ProbeCheck } from '../../../model/health.js';
import type { Clock } from '../../../platform/clock.js';
import { mapParallel } from '../../../platform/parallel.js';
import { check } from '../../probe-check.js';
import type { CoreSettings } from './core-settings.js';
import { type UcCluster, type UcServer, udsOf } from './uc-cluster.js';
import type { UdsClient } from './uds-client.js';
import { childOf } from './xml.js';

const parallelTrials = 16;
/** What a client asks first, and UDS answers without credentials. */
const versionPath = '/version';

interface NamedServer {
  /** Its position rather than its host, so that a check keeps its name when the host changes. */
  readonly position: string;
  readonly server: UcServer;
}

function serversOf({ publisher, servers }: UcCluster): readonly NamedServer[] {
  const others = servers.filter(({ host }) => host !== publisher.host);
  return [
    { position: 'publisher', server: publisher },
    ...others.map((server, index) => ({ position: `node ${index + 1}`, server })),
  ];
}

async function tryServer(cluster: UcCluster, server: UcServer, uds: UdsClient, signal: AbortSignal): Promise<string> {
  const word = await uds.askServer(cluster, server, { path: versionPath, root: 'versionInformation' }, signal);
  if (word.status !== 200) throw new Error(`${server.origin} answered ${word.status}`);
  return `${server.origin} runs ${childOf(word.document, 'version')?.text ?? 'an unknown version'}`;
}

/** Looks the way of a client's request up where every request is looked up. */
function tryAllowList(cluster: UcCluster, { allowList }: CoreSettings): Promise<string> {
  const path = `/cucm-uds${versionPath}`;
  const shut = cluster.servers.filter((server) => !allowList.allows('GET', udsOf(cluster, server), path));
  if (shut.length === 0) return Promise.resolve(`an AllowRule covers GET ${path} on every server`);
  const origins = shut.map(({ origin }) => origin).join(', ');
  return Promise.reject(new Error(`no AllowRule covers GET ${path} on ${origins}`));
}

function probeCluster(
  cluster: UcCluster,
  settings: CoreSettings,
  uds: UdsClient,
  clock: Clock,
  signal: AbortSignal,
): readonly (() => Promise<ProbeCheck>)[] {
  const key = `UnifiedCM/${cluster.name}` as const;
  const answers = serversOf(cluster).map(({ position, server }) => () => {
    const name = { id: `${key} ${position} answers`, resource: key };
    return check(name, clock, () => tryServer(cluster, server, uds, signal));
  });
  const reach = { id: `clients may reach ${key} UDS`, resource: key };
  return [...answers, () => check(reach, clock, () => tryAllowList(cluster, settings))];
}

/**
 * Tries the data path of a core: every declared server of every Unified CM cluster answers over the connections that
 * requests take, and the allow list lets clients through to it. A check's name holds when a host changes.
 */
export async function probeCore(
  settings: CoreSettings,
  uds: UdsClient,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly ProbeCheck[]> {
  const trials = settings.clusters.flatMap((cluster) => probeCluster(cluster, settings, uds, clock, signal));
  return await mapParallel(trials, parallelTrials, (trial) => trial());
}

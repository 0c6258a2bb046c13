import type { AccessControlSpec, DomainSpec, HttpTransportSpec } from '../../../model/generated/kinds.js';
import { defaultResource } from '../../../model/defaults.js';
import { resourcesOf, type Snapshot, singleOf } from '../../../model/snapshot.js';
import type { AuthorizationLimit } from '../../store/traffic-store.js';
import { accessControlOf, httpTransportOf } from '../common-settings.js';
import { type AllowList, type Destination, newAllowList } from './allow-list.js';
import { type UcCluster, ucClusterOf } from './uc-cluster.js';
import type { Upstream, Upstreams } from './upstreams.js';

/** What a core takes from a snapshot; a request reads it once. */
export interface CoreSettings {
  readonly domains: ReadonlyMap<string, DomainSpec>;
  readonly signIn: AccessControlSpec['signIn'];
  /** Undefined when the control is off. */
  readonly limit: AuthorizationLimit | undefined;
  readonly refreshIntervalMs: number;
  readonly cleanupIntervalMs: number;
  readonly http: HttpTransportSpec;
  readonly allowList: AllowList;
  /** In the order of their names. */
  readonly clusters: readonly UcCluster[];
  /** The connections that requests to a destination take: those of its cluster, else those under the CAs of Node.js. */
  readonly upstreamFor: (destination: Destination) => Upstream;
  readonly release: () => Promise<void>;
}

function limitOf(snapshot: Snapshot): AuthorizationLimit | undefined {
  const { spec } = singleOf(snapshot, 'AuthorizationRateControl') ?? defaultResource('AuthorizationRateControl');
  const maximum = spec.maximumAuthorizationsPerPeriod;
  const periodMs = spec.ratePeriodSeconds * 1000;
  return maximum === 0 || periodMs === 0 ? undefined : { maximum, periodMs };
}

function serversOf({ publisher, servers }: UcCluster): readonly string[] {
  return [publisher, ...servers].map(({ host }) => host);
}

/** Which cluster's trust holds for a host and port; on ports other than UDS's the first cluster that has the host. */
function indexUpstreams(clusters: readonly UcCluster[]): ReadonlyMap<string, Upstream> {
  const byPlace = new Map<string, Upstream>();
  for (const cluster of clusters) {
    for (const host of serversOf(cluster)) {
      for (const place of [host, `${host} ${cluster.udsPort}`]) {
        if (!byPlace.has(place)) byPlace.set(place, cluster.upstream);
      }
    }
  }
  return byPlace;
}

/**
 * Compiles a snapshot for a core and holds the connections it needs.
 * @throws FairleadError `node.unsupported`, `apply.prepare-failed`; nothing is held then.
 */
export function coreSettingsOf(snapshot: Snapshot, upstreams: Upstreams): CoreSettings {
  const http = httpTransportOf(snapshot);
  const { signIn } = accessControlOf(snapshot);
  const caching = (singleOf(snapshot, 'CredentialCaching') ?? defaultResource('CredentialCaching')).spec;
  const allowList = newAllowList(resourcesOf(snapshot, 'AllowRule'));
  const { clusters, others, release } = holdUpstreams(snapshot, upstreams);
  const byPlace = indexUpstreams(clusters);
  return {
    domains: new Map(resourcesOf(snapshot, 'Domain').map(({ metadata, spec }) => [metadata.name, spec])),
    signIn,
    limit: limitOf(snapshot),
    refreshIntervalMs: caching.refreshIntervalMinutes * 60_000,
    cleanupIntervalMs: caching.cleanupIntervalMinutes * 60_000,
    http,
    allowList,
    clusters,
    upstreamFor: ({ host, port }) => byPlace.get(`${host} ${port}`) ?? byPlace.get(host) ?? others,
    release,
  };
}

interface HeldUpstreams {
  readonly clusters: readonly UcCluster[];
  readonly others: Upstream;
  readonly release: () => Promise<void>;
}

function holdUpstreams(snapshot: Snapshot, upstreams: Upstreams): HeldUpstreams {
  const clusters: UcCluster[] = [];
  const others = upstreams.hold({ verify: true, ca: undefined }, 'CA certificates of Node.js');
  const release = async () => {
    await Promise.all([others, ...clusters.map(({ upstream }) => upstream)].map((one) => one.release()));
  };
  try {
    for (const resource of resourcesOf(snapshot, 'UnifiedCM')) clusters.push(ucClusterOf(resource, upstreams));
    return { clusters, others, release };
  } catch (error) {
    void release();
    throw error;
  }
}

import type { TrafficCounts } from '../../../admin/contract.js';
import { emptySnapshot, type Snapshot } from '../../../model/snapshot.js';
import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Meter } from '../../../platform/meter.js';
import { newStaticHosts } from '../../../platform/static-hosts.js';
import type { GrantDesk } from '../../grants/grant-desk.js';
import type { ChannelListener } from '../../link-port.js';
import type { DrainPort } from '../../maintenance/drain-port.js';
import type { CoreNodeConfig } from '../../node-config.js';
import type { Participant, Prepared } from '../../participant.js';
import type { Prober } from '../../prober.js';
import type { Service } from '../../service.js';
import type { StatementSigner, StatementVerifier } from '../../statement-keys.js';
import type { TrafficStore } from '../../store/traffic-store.js';
import { newAccessMetrics } from '../access-metrics.js';
import { newInFlight } from '../in-flight.js';
import { newTokenSigner, newTokenVerifier } from '../token-keys.js';
import { Authorizer } from './authorizer.js';
import { newCacheCleanup } from './cache-cleanup.js';
import { newChannelServer } from './channel-server.js';
import { CoreHandler } from './core-handler.js';
import { probeCore } from './core-probe.js';
import { coreSettingsOf } from './core-settings.js';
import { newCredentialCache } from './credential-cache.js';
import { newServerRotation } from './server-rotation.js';
import { Serving } from './serving.js';
import { newTokenMint } from './token-mint.js';
import { newUdsClient } from './uds-client.js';
import { newUpstreamWords } from './upstream-words.js';
import { newUpstreams } from './upstreams.js';

export interface CoreAccessDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** The keys of all cores of the cluster. */
  readonly keys: StatementVerifier;
  readonly signer: StatementSigner;
  /** Where users who signed in get their devices admitted to SIP. */
  readonly grants: GrantDesk;
  /** Kept by this core, or with the other cores of the cluster. */
  readonly traffic: TrafficStore;
  /** Whether clients are to be refused for now. */
  readonly isHeld: () => boolean;
  readonly drain: DrainPort;
  /** The core that SIP clients should be pinned to; undefined when none serves. */
  readonly sipCore: () => string | undefined;
}

/** HTTPS access on a core: authorization, allow list and the way to the UC servers. */
export interface CoreAccess extends Participant, Service, Prober {
  /** Serves a channel of a link as an HTTP/1.1 connection. */
  readonly accept: ChannelListener;
  counts(): TrafficCounts;
}

/** Makes the HTTPS access of a core; it serves no domain until a snapshot is activated. */
export function newCoreAccess(config: CoreNodeConfig, deps: CoreAccessDeps): CoreAccess {
  const { clock, log, meter, grants, isHeld, drain, sipCore } = deps;
  const verifier = newTokenVerifier(deps.keys);
  const signer = newTokenSigner(deps.signer);
  const { authorizations: counts, revocations, liveUsers } = deps.traffic;
  const metrics = newAccessMetrics(meter);
  const cache = newCredentialCache(clock);
  revocations.onLearned((subject) => cache.forget(subject));
  const words = newUpstreamWords({ clock, log, cache, revocations, grants });
  const uds = newUdsClient(clock, newServerRotation(clock), metrics.upstreamSeconds);
  const upstreams = newUpstreams(newStaticHosts(config.hosts ?? {}));
  const newServing = (snapshot: Snapshot) => new Serving(coreSettingsOf(snapshot, upstreams), uds, clock);
  const first = newServing(emptySnapshot);
  let serving = first;

  const inFlight = newInFlight(log);
  const cleanup = newCacheCleanup(clock, () => cache.removeExpired(serving.settings.refreshIntervalMs));
  const probe = (signal: AbortSignal) => serving.use(({ settings }) => probeCore(settings, uds, clock, signal));
  const authorizer = new Authorizer({ clock, counts, revocations, cache, words });
  const mint = newTokenMint({ clock, signer, revocations, liveUsers });
  const handler = new CoreHandler({
    clock,
    log,
    authorizer,
    verifier,
    mint,
    grants,
    liveUsers,
    metrics,
    cluster: config.cluster,
    probe,
    isHeld,
    isDraining: () => drain.isDraining(),
    sipCore,
  });
  const server = newChannelServer((request, response) => {
    inFlight.run(response, () => serving.use((held) => handler.handle(request, response, held)));
  }, clock);
  function prepareNow(next: Snapshot): Prepared {
    const prepared = newServing(next);
    return {
      activate() {
        serving = prepared;
        cleanup.every(prepared.settings.cleanupIntervalMs);
      },
      release: () => prepared.release(),
    };
  }

  meter.gauge('fairlead_access_cached_credentials', 'Users whose credentials are remembered.', () => cache.size);
  meter.gauge('fairlead_access_revocations', 'Users whose tokens were revoked.', () => revocations.size);

  return {
    name: 'access',
    kinds: [
      'Domain',
      'UnifiedCM',
      'AccessControl',
      'AllowRule',
      'AuthorizationRateControl',
      'CredentialCaching',
      'HttpTransport',
    ],
    prepare: (next) => new Promise((resolve) => resolve(prepareNow(next))),
    start: () => {
      cleanup.every(serving.settings.cleanupIntervalMs);
      return Promise.resolve();
    },
    stop: async () => {
      cleanup.stop();
      await server.stop();
      await first.release();
    },
    probe,
    accept: (channel) => server.accept(channel),
    counts: () => ({ users: liveUsers.count(), sessions: inFlight.count, registrations: 0 }),
  };
}

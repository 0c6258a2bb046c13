import type { TrafficCounts } from '../../../admin/contract.js';
import type { HttpTransportSpec } from '../../../model/generated/kinds.js';
import { emptySnapshot, type Snapshot } from '../../../model/snapshot.js';
import type { Clock } from '../../../platform/clock.js';
import type { FilePart } from '../../../platform/file-reload.js';
import type { Log } from '../../../platform/log.js';
import type { Meter } from '../../../platform/meter.js';
import { tlsFilePart } from '../../../platform/tls-files.js';
import type { CoreLinks } from '../../link-port.js';
import type { DrainPort } from '../../maintenance/drain-port.js';
import type { EdgeNodeConfig } from '../../node-config.js';
import type { Participant, Prepared } from '../../participant.js';
import type { Prober } from '../../prober.js';
import type { Service } from '../../service.js';
import type { StatementVerifier } from '../../statement-keys.js';
import { newConnectionRates } from '../../store/connection-rate.js';
import { newMemoryTrafficStore } from '../../store/memory-traffic-store.js';
import { type AccessMetrics, newAccessMetrics, outcomeOf } from '../access-metrics.js';
import { send, unavailable } from '../answer.js';
import { newInFlight } from '../in-flight.js';
import { newTokenVerifier } from '../token-keys.js';
import { newCorePools } from './core-pools.js';
import { newEdgeHandler } from './edge-handler.js';
import { probeEdge } from './edge-probe.js';
import { type EdgeSettings, edgeSettingsOf } from './edge-settings.js';
import { newListener } from './listener.js';
import { newProbePass } from './probe-pass.js';

export interface EdgeAccessDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly links: CoreLinks;
  /** The keys of the cores, by which tokens are checked. */
  readonly keys: StatementVerifier;
  /** Where SIP clients reach this edge over TLS, if it serves any. */
  readonly sipPort: () => number | undefined;
  /** Whether clients are to be refused for now. */
  readonly isHeld: () => boolean;
  /** Whether a core does not serve although its link is up. */
  readonly isHeldBack: (core: string) => boolean;
  /** Whether a core is in maintenance mode. */
  readonly isCoreDraining: (core: string) => boolean;
  readonly drain: DrainPort;
}

/** HTTPS access on an edge: the front that clients reach. */
export interface EdgeAccess extends Participant, Service, Prober {
  counts(): TrafficCounts;
  readonly files: readonly FilePart[];
  /** The port it listens on; 0 before `start`. */
  port(): number;
}

interface AdmissionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: AccessMetrics;
}

/** Says of an address whether it may open one more connection now. */
function newAdmission(
  { clock, log, metrics }: AdmissionParts,
  limits: () => HttpTransportSpec,
): (address: string) => boolean {
  const rates = newConnectionRates(clock);
  return (address) => {
    const { connectionRate } = limits();
    if (rates.count(address, connectionRate) === 'within') return true;
    metrics.excessConnections.inc({ limit: 'rate' });
    if (connectionRate.mode === 'enforce') return false;
    log.info({ address }, 'a source opens connections faster than its rate');
    return true;
  };
}

/**
 * Makes the HTTPS front of an edge; it serves no domain until a snapshot is activated. `start` throws FairleadError
 * `node.config` when certificate or key cannot be used.
 */
export function newEdgeAccess(config: EdgeNodeConfig, deps: EdgeAccessDeps): EdgeAccess {
  const { clock, log, meter, links, keys } = deps;
  const { listen, tls, publicName } = config.access;
  const verifier = newTokenVerifier(keys);
  const metrics = newAccessMetrics(meter);
  const pools = newCorePools(links, clock);
  const { liveUsers } = newMemoryTrafficStore(clock);
  const inFlight = newInFlight(log);
  let settings: EdgeSettings = edgeSettingsOf(emptySnapshot);

  let certificate = '';
  const listener = newListener(
    {
      admit: newAdmission({ clock, log, metrics }, () => settings.http),
      overfull: () => metrics.excessConnections.inc({ limit: 'maximum' }),
      request(request, response) {
        const held = settings;
        if (inFlight.count >= held.http.maximumConnections) send(response, unavailable('Too many requests at once.'));
        else inFlight.run(response, () => handle(request, response, held));
      },
      refused: (address, status) => {
        metrics.requests.inc({ outcome: outcomeOf(status) });
        log.debug({ address, status }, 'a message that is no proper HTTP was refused');
      },
    },
    clock,
  );
  const port = () => listener.port();
  const pass = newProbePass();
  const handle = newEdgeHandler({
    clock,
    log,
    links,
    pools,
    liveUsers,
    metrics,
    ...{ publicName, port, sipPort: deps.sipPort, verifier, isHeldBack: deps.isHeldBack },
    isCoreDraining: deps.isCoreDraining,
    refusesNew: (request) => deps.drain.isDraining() && !pass.isShownBy(request),
    refusesClients: (request) => deps.isHeld() && !pass.isShownBy(request),
    cluster: config.cluster,
  });

  function prepareNow(next: Snapshot): Prepared {
    const prepared = edgeSettingsOf(next);
    return {
      activate() {
        settings = prepared;
        listener.apply(prepared.http);
      },
      release: () => Promise.resolve(),
    };
  }

  const identity = tlsFilePart('access.tls', tls, (options) => {
    listener.renew(options);
    certificate = options.cert;
  });
  listener.apply(settings.http);
  return {
    name: 'access',
    kinds: ['Domain', 'AccessControl', 'HttpTransport'],
    prepare: (next) => new Promise((resolve) => resolve(prepareNow(next))),
    files: [identity],
    start: async () => {
      await identity.reload();
      await listener.start(listen);
    },
    stop: async () => {
      await listener.stop();
      await pools.close();
    },
    probe: (signal) =>
      probeEdge(settings.domains, { clock, links, pools, certificate, pass, listenHost: listen.host, port }, signal),
    counts: () => ({ users: liveUsers.count(), sessions: inFlight.count, registrations: 0 }),
    port,
  };
}

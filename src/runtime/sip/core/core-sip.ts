import type { ProbeCheck } from '../../../model/health.js';
import { emptySnapshot, type Snapshot } from '../../../model/snapshot.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Meter } from '../../../platform/meter.js';
import { newStaticHosts, staticLookup } from '../../../platform/static-hosts.js';
import { readTlsFiles, type TlsIdentity, tlsFilePart } from '../../../platform/tls-files.js';
import type { GrantDesk } from '../../grants/grant-desk.js';
import { GrantIntake } from '../../grants/grant-intake.js';
import type { HoldPort } from '../../hold-port.js';
import type { DrainPort } from '../../maintenance/drain-port.js';
import type { CoreNodeConfig, CoreSipConfig } from '../../node-config.js';
import type { Prepared } from '../../participant.js';
import type { SignallingLink, SignallingLinks } from '../../signalling-port.js';
import type { StatementVerifier } from '../../statement-keys.js';
import type { SharedDeviceCount } from '../../store/shared/shared-devices.js';
import { DroppedCalls } from '../dropped-calls.js';
import { proxySettingsOf } from '../engine-settings.js';
import { PeerHop, PeerHops } from '../peer-hops.js';
import { ProxyEngine } from '../proxy/proxy-engine.js';
import { ClusterRegistrations } from '../registration/cluster-registrations.js';
import { Registrations } from '../registration/registrations.js';
import { SipDrain } from '../sip-drain.js';
import { measureSip } from '../sip-metrics.js';
import type { SipPart } from '../sip-part.js';
import type { ConnectionSink } from '../transport/connection-sink.js';
import { NodeHealth } from '../transport/node-health.js';
import { SipTransport } from '../transport/sip-transport.js';
import { transportSettingsOf } from '../transport/transport-settings.js';
import { CoreAddress } from './core-address.js';
import { CoreAdmission } from './core-admission.js';
import { CoreLinkListener } from './core-links.js';
import { CoreListeners } from './core-listeners.js';
import { type CoreRegisterNote, CoreRole } from './core-role.js';
import { probeUcNodes } from './core-sip-probe.js';
import { type CoreSipSettings, coreSipSettingsOf } from './core-sip-settings.js';
import { UcConnections } from './uc-connections.js';

export interface CoreSipDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly links: SignallingLinks;
  /** The keys of all cores of the cluster. */
  readonly keys: StatementVerifier;
  readonly grants: GrantDesk;
  readonly drain: DrainPort;
  readonly standings: HoldPort;
  /** Undefined for a core that shares nothing with others. */
  readonly shared?: SharedDeviceCount | undefined;
}

const tellEveryMs = 1000;

/** SIP on a core: the links to the edges on one side, the UC nodes on the other. */
class CoreSip implements SipPart {
  readonly name = 'sip';
  readonly kinds = ['Domain', 'UnifiedCM', 'SipTransport', 'RegistrationFailover'] as const;
  readonly files;
  readonly #deps: CoreSipDeps;
  readonly #hops = new PeerHops();
  readonly #registrations: Registrations;
  readonly #cluster: ClusterRegistrations;
  readonly #engine: ProxyEngine<CoreRegisterNote>;
  readonly #transport: SipTransport;
  readonly #listeners: CoreListeners;
  readonly #health: NodeHealth;
  readonly #ucConnections: UcConnections;
  readonly #drain: SipDrain;
  readonly #intake: GrantIntake;
  #settings: CoreSipSettings = coreSipSettingsOf(emptySnapshot);
  /** Of messages over links; read for each of them. */
  #limits = transportSettingsOf(this.#settings.transport).messages;
  #timer: Timer | undefined;

  constructor(config: CoreNodeConfig, sip: CoreSipConfig, tls: TlsIdentity, deps: CoreSipDeps) {
    const { clock, log, meter, links, keys, grants, drain, standings } = deps;
    this.#deps = deps;
    const hosts = newStaticHosts(config.hosts ?? {});
    const registrations = new Registrations(clock);
    this.#registrations = registrations;
    this.#cluster = new ClusterRegistrations({ clock, links, registrations, role: 'core', shared: deps.shared });
    this.#transport = new SipTransport({
      ...{ clock, log, meter, hosts },
      sink: this.#sink(),
      settings: transportSettingsOf(this.#settings.transport),
    });
    const { servers } = this.#transport;
    servers.setIdentity(tls);
    this.#listeners = new CoreListeners(sip, this.#transport, tls);
    const { stunKeepalive } = this.#settings.failover;
    this.#health = new NodeHealth({ clock, log, servers, settings: stunKeepalive });
    this.#ucConnections = new UcConnections({ clock, servers, health: this.#health, lookup: staticLookup(hosts) });
    meter.gauge('fairlead_sip_uc_nodes_down', 'UC nodes that SIP cannot use.', () => this.#ucConnections.downCount);
    this.#intake = new GrantIntake({ clock, keys, desk: grants });
    const listener = new CoreLinkListener({
      ...{ clock, log, links, hops: this.#hops, grants, intake: this.#intake, registrations },
      limits: () => this.#limits,
      receive: (message, from) => this.#engine.receive(message, from),
    });
    const refused = measureSip(meter, {
      registrations: () => registrations.counts(),
      clusterRegistrations: () => this.#cluster.counts(),
      engine: () => this.#engine.stats(),
      calls: () => this.#engine.dialogs.stats(),
    });
    const role = new CoreRole({
      address: new CoreAddress({
        node: config.name,
        host: sip.advertisedHost,
        portOf: (protocol) => this.#listeners.portOf(protocol),
      }),
      ...{ hops: this.#hops, links, registrations, ucConnections: this.#ucConnections, health: this.#health },
      admission: new CoreAdmission({ clock, log, keys, grants, refused }),
      settings: () => this.#settings,
      isDraining: () => drain.isDraining(),
      standings,
      onArrived: (device) => listener.tellArrived(device),
      onLeft: (device, edge) => listener.tellLeft(device, edge),
    });
    // The connection to a UC node is shared and can be opened again, so a call does not hang on it.
    const dialogWatcher = new DroppedCalls(log, (hop) => !(hop instanceof PeerHop));
    this.#engine = new ProxyEngine(role, {
      clock,
      log,
      dialogWatcher,
      settings: proxySettingsOf(this.#settings.transport),
    });
    dialogWatcher.sendThrough(this.#engine);
    this.#drain = new SipDrain({
      ...{ clock, log, drain, registrations },
      listeners: this.#listeners.streams,
      calls: () => this.#engine.dialogs,
      flowOf: (hop) => (hop instanceof PeerHop ? hop.flow : undefined),
      hangUp: (dialog, reason) => dialogWatcher.hangUp(dialog, reason),
      closeFlows: (reason) => this.#closeFlows(reason),
    });
    links.listen(listener);
    drain.onChange(() => this.#tell());
    this.#health.onChange(() => this.#tell());
    this.files = [
      tlsFilePart('sip.certificate', sip.certificate, (options) => {
        this.#listeners.tls?.setSecureContext(options);
        servers.setIdentity(options);
      }),
    ];
  }

  prepare(next: Snapshot): Promise<Prepared> {
    const prepared = coreSipSettingsOf(next);
    return Promise.resolve({ activate: () => this.#apply(prepared), release: () => Promise.resolve() });
  }

  async start(): Promise<void> {
    await this.#listeners.start();
    this.#registrations.start(() => undefined);
    this.#tellRegularly();
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#intake.stop();
    await this.#drain.stop();
    this.#registrations.stop();
    this.#ucConnections.stop();
    this.#health.stop();
    this.#engine.stop();
    await this.#transport.stop();
  }

  probe(signal: AbortSignal): Promise<readonly ProbeCheck[]> {
    const { isServed, ucNodes } = this.#settings;
    return probeUcNodes(isServed ? ucNodes.all : [], this.#transport.servers, this.#deps.clock, signal);
  }

  registrations() {
    return this.#registrations.counts();
  }

  clusterRegistrations() {
    return this.#cluster.counts();
  }

  calls(): number {
    return this.#engine.dialogs.size;
  }

  excludedCalls(): number {
    return this.#drain.excludedCalls();
  }

  links() {
    return this.#deps.links.status();
  }

  ports() {
    const { tcp, udp, tls } = this.#listeners;
    const signalling = this.#deps.links.port();
    return {
      ...(tls !== undefined && { sipTls: tls.port }),
      ...(tcp !== undefined && { sipTcp: tcp.port }),
      ...(udp !== undefined && { sipUdp: udp.port }),
      ...(signalling !== undefined && { signalling }),
    };
  }

  #sink(): ConnectionSink {
    return {
      onMessage: (message, hop) => this.#engine.receive(message, hop),
      onStun: (bytes, hop) => void this.#health.takesStun(bytes, hop),
    };
  }

  /** The edges close them, so that the devices register anew, through another core. */
  #closeFlows(reason: string): void {
    for (const flow of new Set([...this.#registrations.all()].map((device) => device.flow))) {
      this.#registrations.dropFlow(flow);
      this.#hops.endFlow(flow, reason);
    }
  }

  #apply(settings: CoreSipSettings): void {
    this.#settings = settings;
    const transport = transportSettingsOf(settings.transport);
    this.#limits = transport.messages;
    this.#transport.apply(transport);
    this.#engine.configure(proxySettingsOf(settings.transport));
    this.#health.apply(settings.failover.stunKeepalive);
    this.#ucConnections.apply(settings.ucNodes);
    this.#deps.links.setOwnSettings({ stunKeepalive: settings.failover.stunKeepalive.enabled });
    this.#tell();
  }

  #tellRegularly(): void {
    this.#drain.look();
    this.#cluster.look();
    this.#tell();
    this.#timer = this.#deps.clock.after(tellEveryMs, () => this.#tellRegularly(), { idle: true });
  }

  #tell(): void {
    const { links, drain, standings } = this.#deps;
    const { current: registrations } = this.#registrations.counts();
    const takesMore = ({ peer, peerRole, isUp, peerState }: SignallingLink) =>
      peerRole === 'edge' && isUp && peerState?.draining === false && !standings.isHeldBack(peer);
    const edges = links.links().filter(takesMore);
    const byEdge = Object.fromEntries(edges.map(({ peer }) => [peer, this.#registrations.countOf(peer)]));
    const load = { registrations, calls: this.#engine.dialogs.size, byEdge, cluster: this.#cluster.told() };
    links.setOwnState({ load, ucNodes: this.#ucConnections.states(), draining: drain.isDraining() });
  }
}

/**
 * Makes SIP on a core; it routes nothing until a snapshot declares UC nodes.
 * @throws FairleadError `node.config` when certificate or key cannot be used, or no listener is configured.
 */
export async function newCoreSip(config: CoreNodeConfig, sip: CoreSipConfig, deps: CoreSipDeps): Promise<SipPart> {
  return new CoreSip(config, sip, await readTlsFiles(sip.certificate), deps);
}

import type { ProbeCheck } from '../../../model/health.js';
import { emptySnapshot, type Snapshot } from '../../../model/snapshot.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Counter, Meter } from '../../../platform/meter.js';
import { newStaticHosts, staticLookup } from '../../../platform/static-hosts.js';
import { readTlsFiles, type TlsIdentity, tlsFilePart } from '../../../platform/tls-files.js';
import { type GrantBook, newGrantBook } from '../../grants/grant-book.js';
import type { HoldPort } from '../../hold-port.js';
import type { DrainPort } from '../../maintenance/drain-port.js';
import type { EdgeNodeConfig, EdgeSipConfig, ListenAddress } from '../../node-config.js';
import type { Prepared } from '../../participant.js';
import type { SignallingLinks } from '../../signalling-port.js';
import type { StatementVerifier } from '../../statement-keys.js';
import { DroppedCalls } from '../dropped-calls.js';
import { proxySettingsOf } from '../engine-settings.js';
import type { Hop } from '../hop.js';
import { AnchoredRole } from '../media/anchored-role.js';
import { MediaRelay, type MessageSource } from '../media/media-relay.js';
import type { SipMessage } from '../message/sip-message.js';
import { PeerHop, PeerHops } from '../peer-hops.js';
import { ProxyEngine } from '../proxy/proxy-engine.js';
import { ClusterRegistrations } from '../registration/cluster-registrations.js';
import { Registrations } from '../registration/registrations.js';
import { SipDrain } from '../sip-drain.js';
import { measureMedia, measureSip } from '../sip-metrics.js';
import type { SipPart } from '../sip-part.js';
import type { ConnectionSink } from '../transport/connection-sink.js';
import type { SipListener, TlsSipListener } from '../transport/sip-listener.js';
import { SipTransport } from '../transport/sip-transport.js';
import { transportSettingsOf } from '../transport/transport-settings.js';
import { EdgeAddress } from './edge-address.js';
import { EdgeAdmission } from './edge-admission.js';
import { EdgeBalance } from './edge-balance.js';
import { EdgeLinkListener } from './edge-links.js';
import { EdgeRole, type RegisterNote } from './edge-role.js';
import { probeEdgeSip } from './edge-sip-probe.js';
import { type EdgeSipSettings, edgeSipSettingsOf } from './edge-sip-settings.js';
import { Flows } from './flows.js';
import { PathWatch } from './path-watch.js';

export interface EdgeSipDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly links: SignallingLinks;
  /** The keys of the cores, by which grants are checked. */
  readonly keys: StatementVerifier;
  readonly drain: DrainPort;
  readonly standings: HoldPort;
}

const tellEveryMs = 1000;

/** SIP on an edge: clients' connections on one side, the links to the cores on the other. */
class EdgeSip implements SipPart {
  readonly name = 'sip';
  readonly kinds = ['Domain', 'SipTransport', 'RegistrationFailover'] as const;
  readonly files;
  readonly #deps: EdgeSipDeps;
  readonly #flows = new Flows();
  readonly #hops = new PeerHops();
  readonly #registrations: Registrations;
  readonly #cluster: ClusterRegistrations;
  readonly #engine: ProxyEngine<RegisterNote>;
  readonly #media: MediaRelay;
  readonly #role: AnchoredRole<RegisterNote>;
  readonly #transport: SipTransport;
  readonly #tls: TlsSipListener;
  readonly #tcp: SipListener | undefined;
  readonly #balance: EdgeBalance;
  readonly #paths: PathWatch;
  readonly #drain: SipDrain;
  readonly #identity;
  readonly #place: ListenAddress;
  #certificate: string;
  #settings: EdgeSipSettings = edgeSipSettingsOf(emptySnapshot);
  /** Of messages over links; read for each of them. */
  #limits = transportSettingsOf(this.#settings.transport).messages;
  #timer: Timer | undefined;

  constructor(config: EdgeNodeConfig, sip: EdgeSipConfig, tls: TlsIdentity, deps: EdgeSipDeps) {
    const { clock, log, meter, links, keys, drain, standings } = deps;
    this.#deps = deps;
    this.#registrations = new Registrations(clock);
    const registrations = this.#registrations;
    this.#cluster = new ClusterRegistrations({ clock, links, registrations, role: 'edge' });
    this.#balance = new EdgeBalance({
      ...{ node: config.name, clock, links, standings, registrations },
      settings: () => this.#settings.failover,
    });
    this.#balance.measure(meter);
    this.#paths = new PathWatch({ links, registrations });
    const hosts = newStaticHosts(config.hosts ?? {});
    const settings = transportSettingsOf(this.#settings.transport);
    this.#transport = new SipTransport({ clock, log, meter, hosts, sink: this.#sink(), settings });
    this.#tls = this.#transport.addTls(sip.tls, { identity: tls, requiresClientCertificate: false });
    this.#tcp = sip.tcp && this.#transport.addTcp(sip.tcp);
    const grants = newGrantBook(keys, clock);
    const refused = this.#measure(meter);
    const asked = measureMedia(meter, () => this.#media.calls);
    this.#media = new MediaRelay({ clock, log, lookup: staticLookup(hosts), asked });
    const edgeRole = this.#edgeRole(config, new EdgeAdmission({ clock, log, grants, registrations, refused }));
    this.#role = new AnchoredRole(edgeRole, this.#media, (hop) => this.#sourceOf(hop));
    const dialogWatcher = new DroppedCalls(log, () => false);
    this.#engine = new ProxyEngine(this.#role, {
      clock,
      log,
      dialogWatcher: this.#role.watching(dialogWatcher),
      settings: proxySettingsOf(this.#settings.transport),
    });
    dialogWatcher.sendThrough(this.#engine);
    this.#drain = this.#newDrain(dialogWatcher);
    links.listen(this.#linkListener(grants));
    drain.onChange(() => this.#tell());
    this.#place = sip.tls;
    this.#certificate = tls.cert;
    this.#identity = tlsFilePart('sip.certificate', sip.certificate, (options) => {
      this.#tls.setSecureContext(options);
      this.#certificate = options.cert;
    });
    this.files = [this.#identity];
  }

  #measure(meter: Meter): Counter {
    return measureSip(meter, {
      registrations: () => this.#registrations.counts(),
      clusterRegistrations: () => this.#cluster.counts(),
      engine: () => this.#engine.stats(),
      calls: () => this.#engine.dialogs.stats(),
    });
  }

  #newDrain(calls: DroppedCalls): SipDrain {
    const { clock, log, drain } = this.#deps;
    return new SipDrain({
      ...{ clock, log, drain, registrations: this.#registrations },
      listeners: this.#tcp === undefined ? [this.#tls] : [this.#tls, this.#tcp],
      calls: () => this.#engine.dialogs,
      flowOf: (hop) => this.#flows.of(hop)?.id,
      hangUp: (dialog, reason) => calls.hangUp(dialog, reason),
      closeFlows: (reason) => this.#closeFlows(reason),
    });
  }

  #linkListener(grants: GrantBook): EdgeLinkListener {
    return new EdgeLinkListener({
      ...{ log: this.#deps.log, flows: this.#flows, hops: this.#hops, grants, registrations: this.#registrations },
      limits: () => this.#limits,
      receive: (message, from) => this.#receive(message, from),
    });
  }

  prepare(next: Snapshot): Promise<Prepared> {
    const prepared = edgeSipSettingsOf(next);
    return Promise.resolve({ activate: () => this.#apply(prepared), release: () => Promise.resolve() });
  }

  async start(): Promise<void> {
    await this.#tls.start();
    await this.#tcp?.start();
    this.#registrations.start(() => undefined);
    this.#balance.start();
    this.#tellRegularly();
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#drain.stop();
    this.#balance.stop();
    this.#registrations.stop();
    this.#engine.stop();
    this.#media.stop();
    await this.#transport.stop();
  }

  async probe(signal: AbortSignal): Promise<readonly ProbeCheck[]> {
    if (!this.#settings.isServed) return [];
    const { clock, links, drain } = this.#deps;
    const listener = drain.isDraining()
      ? undefined
      : { ...this.#place, certificate: this.#certificate, port: this.#tls.port };
    return await probeEdgeSip({ clock, links: links.links(), listener }, signal);
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
    const signalling = this.#deps.links.port();
    return {
      sipTls: this.#tls.port,
      ...(this.#tcp !== undefined && { sipTcp: this.#tcp.port }),
      ...(signalling !== undefined && { signalling }),
    };
  }

  #edgeRole({ name, access }: EdgeNodeConfig, admission: EdgeAdmission): EdgeRole {
    const { links, drain, standings } = this.#deps;
    return new EdgeRole({
      node: name,
      address: new EdgeAddress({
        node: name,
        publicName: access.publicName,
        tlsPort: () => this.#tls.port,
        tcpPort: () => this.#tcp?.port,
      }),
      ...{ flows: this.#flows, hops: this.#hops, links, registrations: this.#registrations, balance: this.#balance },
      settings: () => this.#settings,
      admission,
      isDraining: () => drain.isDraining(),
      standings,
      hasCall: (hop) => this.#engine.dialogs.callsOver(hop) > 0,
    });
  }

  #receive(message: SipMessage, from: Hop): void {
    if (message.isRequest || this.#media.calls === 0) this.#engine.receive(message, from);
    else this.#role.receive(message, from, () => this.#engine.receive(message, from));
  }

  #sourceOf(hop: Hop): MessageSource | undefined {
    if (hop instanceof PeerHop) return { flow: hop.flow, clientAddress: undefined };
    const flow = this.#flows.of(hop);
    return flow && { flow: flow.id, clientAddress: hop.remoteAddress };
  }

  #sink(): ConnectionSink {
    return {
      onOpen: (hop) => void this.#flows.open(hop),
      onMessage: (message, hop) => this.#receive(message, hop),
      onStun: (bytes, hop) => {
        const flow = this.#flows.of(hop);
        if (flow !== undefined && this.#settings.failover.stunKeepalive.enabled) this.#paths.onStun(bytes, flow);
      },
      onClosed: (hop, reason) => this.#onClosed(hop, reason),
    };
  }

  #onClosed(hop: Hop, reason: string): void {
    const flow = this.#flows.close(hop);
    if (flow === undefined) return;
    this.#registrations.dropFlow(flow.id);
    this.#hops.endFlow(flow.id, reason);
  }

  #closeFlows(reason: string): void {
    for (const { hop } of [...this.#flows.all()]) hop.close(reason);
  }

  #apply(settings: EdgeSipSettings): void {
    this.#settings = settings;
    const transport = transportSettingsOf(settings.transport);
    this.#limits = transport.messages;
    this.#transport.apply(transport);
    this.#media.apply(settings.transport.mediaRelay);
    this.#engine.configure(proxySettingsOf(settings.transport));
    this.#deps.links.setOwnSettings({ stunKeepalive: settings.failover.stunKeepalive.enabled });
  }

  #tellRegularly(): void {
    this.#drain.look();
    this.#cluster.look();
    this.#tell();
    this.#timer = this.#deps.clock.after(tellEveryMs, () => this.#tellRegularly(), { idle: true });
  }

  #tell(): void {
    const { current: registrations } = this.#registrations.counts();
    const load = { registrations, calls: this.#engine.dialogs.size };
    this.#deps.links.setOwnState({ load, ucNodes: {}, draining: this.#deps.drain.isDraining() });
  }
}

/**
 * Makes SIP on an edge; it admits nobody until a snapshot serves a domain and cores gave grants.
 * @throws FairleadError `node.config` when certificate or key cannot be used.
 */
export async function newEdgeSip(config: EdgeNodeConfig, sip: EdgeSipConfig, deps: EdgeSipDeps): Promise<SipPart> {
  return new EdgeSip(config, sip, await readTlsFiles(sip.certificate), deps);
}

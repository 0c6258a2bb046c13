import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Meter } from '../../../platform/meter.js';
import type { StaticHosts } from '../../../platform/static-hosts.js';
import { AdmissionDesk } from './admission.js';
import type { ConnectionSink } from './connection-sink.js';
import { ConnectionSweep } from './connection-sweep.js';
import { GuardedSink } from './guarded-sink.js';
import { ServerConnections } from './server-connections.js';
import type { ListenPlace, SipListener, TlsSipListener, TlsTerms } from './sip-listener.js';
import { StreamListener } from './stream-listener.js';
import type { TransportContext } from './transport-context.js';
import { newTransportMetrics } from './transport-metrics.js';
import type { TransportSettings } from './transport-settings.js';
import { UdpListener } from './udp-listener.js';
import { WriteBatch } from './write-batch.js';

export interface SipTransportDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Pick<Meter, 'counter'>;
  /** Names that the node resolves by itself. */
  readonly hosts: StaticHosts;
  /** Takes what arrives by any listener or server. */
  readonly sink: ConnectionSink;
  readonly settings: TransportSettings;
}

/** The SIP sockets of a node: its listeners, which share their limits, and its connections with servers. */
export class SipTransport {
  readonly servers: ServerConnections;
  readonly #context: TransportContext;
  readonly #desk: AdmissionDesk;
  readonly #listeners: SipListener[] = [];
  #settings: TransportSettings;

  constructor({ clock, log, meter, hosts, sink, settings }: SipTransportDeps) {
    this.#settings = settings;
    this.#desk = new AdmissionDesk(clock);
    this.#context = {
      clock,
      log,
      sink: new GuardedSink(sink, log),
      sweep: new ConnectionSweep(clock),
      batch: new WriteBatch(),
      metrics: newTransportMetrics(meter),
      settings: () => this.#settings,
    };
    this.servers = new ServerConnections(this.#context, hosts);
  }

  /** Accepted connections of all listeners, those in the handshake among them. */
  get acceptedConnections(): number {
    return this.#desk.count;
  }

  /** Limits and time-outs from now on; the idle time-out holds for open connections, too. */
  apply(settings: TransportSettings): void {
    this.#settings = settings;
  }

  /** A TCP listener, not started. */
  addTcp(place: ListenPlace): SipListener {
    return this.#add(new StreamListener(this.#context, this.#desk, place));
  }

  /** A TLS listener, not started. */
  addTls(place: ListenPlace, terms: TlsTerms): TlsSipListener {
    return this.#add(new StreamListener(this.#context, this.#desk, place, terms));
  }

  /** A UDP listener, not started; UDP servers are spoken to from the one that was added last. */
  addUdp(place: ListenPlace): SipListener {
    const listener = new UdpListener(this.#context, place);
    this.servers.useUdp(listener);
    return this.#add(listener);
  }

  /** Closes every hop when what it holds is sent, and resolves when no socket is left. */
  async stop(): Promise<void> {
    await Promise.all([this.servers.stop(), ...this.#listeners.map((listener) => listener.stop())]);
  }

  #add<Listener extends SipListener>(listener: Listener): Listener {
    this.#listeners.push(listener);
    return listener;
  }
}

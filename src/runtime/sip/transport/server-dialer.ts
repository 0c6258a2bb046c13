import type { LookupFunction } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Hop } from '../hop.js';
import { dialServer } from './dial.js';
import { resolveHost } from './resolve-host.js';
import { ServerContexts } from './server-contexts.js';
import type { ServerTrust, SipServer } from './sip-server.js';
import { StreamConnection } from './stream-connection.js';
import type { TransportContext } from './transport-context.js';

/** Gives the hop to an IP address and port over UDP. */
export interface UdpPort {
  hopTo(address: string, port: number): Hop;
}

/** The hop is gone; with the failure that ended it, unless one side closed it in good order. */
export type GoneListener = (hop: Hop, failure: Error | undefined) => void;

const standardTrust: ServerTrust = { verify: true };

/** Opens connections with servers, and knows those that are open. */
export class ServerDialer {
  readonly #context: TransportContext;
  readonly #lookup: LookupFunction;
  readonly #contexts = new ServerContexts();
  readonly #open = new Map<StreamConnection, () => void>();
  #udp: UdpPort | undefined;

  constructor(context: TransportContext, lookup: LookupFunction) {
    this.#context = context;
    this.#lookup = lookup;
  }

  useUdp(port: UdpPort): void {
    this.#udp = port;
  }

  setIdentity(identity: SecureContextOptions): void {
    this.#contexts.setIdentity(identity);
  }

  /** Rejects with why the server cannot be reached; `onGone` is told only of a hop that was given. */
  dial(server: SipServer, onGone: GoneListener): Promise<Hop> {
    return server.protocol === 'UDP' ? this.#dialUdp(server) : this.#dialStream(server, server.protocol, onGone);
  }

  /** Opens a TCP connection and closes it again; rejects when it cannot be opened within the limit. */
  async knock(server: SipServer, limitMs: number): Promise<void> {
    const { clock, settings } = this.#context;
    const { connectTimeoutMs, handshakeTimeoutMs } = settings();
    const socket = await dialServer(
      { host: server.host, port: server.port, protocol: 'TCP' },
      { clock, lookup: this.#lookup, connectTimeoutMs: Math.min(connectTimeoutMs, limitMs), handshakeTimeoutMs },
    );
    socket.on('error', () => undefined).destroy();
  }

  /** Resolves when no socket is open. */
  async allGone(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((connection) => this.#gone(connection)));
  }

  async #dialUdp({ host, port }: SipServer): Promise<Hop> {
    if (this.#udp === undefined) throw new Error('this node has no UDP port for SIP');
    const { clock, settings } = this.#context;
    return this.#udp.hopTo(await resolveHost(host, this.#lookup, settings().connectTimeoutMs, clock), port);
  }

  async #dialStream(server: SipServer, protocol: 'TCP' | 'TLS', onGone: GoneListener): Promise<Hop> {
    const context = this.#context;
    const { connectTimeoutMs, handshakeTimeoutMs, serverQueueBytes } = context.settings();
    const trust = server.trust ?? standardTrust;
    const socket = await dialServer(server, {
      clock: context.clock,
      lookup: this.#lookup,
      connectTimeoutMs,
      handshakeTimeoutMs,
      ...(protocol === 'TLS' && { secure: { context: this.#contexts.contextFor(trust), verify: trust.verify } }),
    });
    const connection = new StreamConnection(context, socket, {
      protocol,
      queueBytes: serverQueueBytes,
      idleLimitMs: () => undefined,
      onGone: (gone, failure) => {
        this.#open.get(gone)?.();
        this.#open.delete(gone);
        onGone(gone, failure);
      },
    });
    this.#open.set(connection, () => undefined);
    context.sink.onOpen(connection);
    return connection;
  }

  #gone(connection: StreamConnection): Promise<void> {
    return new Promise((resolve) => this.#open.set(connection, resolve));
  }
}

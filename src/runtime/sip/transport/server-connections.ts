import type { SecureContextOptions } from 'node:tls';
import { type StaticHosts, staticLookup } from '../../../platform/static-hosts.js';
import type { Hop } from '../hop.js';
import { ServerConnection, type ServerObserver } from './server-connection.js';
import { ServerDialer, type UdpPort } from './server-dialer.js';
import { serverKey, type SipServer } from './sip-server.js';
import type { TransportContext } from './transport-context.js';

/**
 * Connections with SIP servers: one per server, shared, opened on demand. What servers send on them goes to the sink of
 * the node. A server that failed is not dialled again for a second or more; its requests fail at once meanwhile.
 */
export class ServerConnections {
  readonly #context: TransportContext;
  readonly #dialer: ServerDialer;
  readonly #connections = new Map<string, ServerConnection>();
  readonly #observers = new Set<ServerObserver>();
  readonly #tellAll: ServerObserver = {
    onConnected: (server) => this.#tell((observer) => observer.onConnected(server)),
    onUnreachable: (server, reason) => this.#tell((observer) => observer.onUnreachable(server, reason)),
    onLost: (server, reason, isFailure) => this.#tell((observer) => observer.onLost(server, reason, isFailure)),
  };
  #isStopped = false;

  /** `hosts` are names that the node resolves by itself. */
  constructor(context: TransportContext, hosts: StaticHosts) {
    this.#context = context;
    this.#dialer = new ServerDialer(context, staticLookup(hosts));
  }

  /** The port that UDP servers are spoken to from. */
  useUdp(port: UdpPort): void {
    this.#dialer.useUdp(port);
  }

  /** What servers are shown that ask for a client certificate; new connections use it. */
  setIdentity(identity: SecureContextOptions): void {
    this.#dialer.setIdentity(identity);
  }

  /** The answer takes the observer away again. */
  observe(observer: ServerObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** The open hop of a server, if there is one. */
  established(server: SipServer): Hop | undefined {
    return this.#connections.get(serverKey(server))?.hop;
  }

  /**
   * The hop of a server, opened when there is none.
   * @throws FairleadError `sip.server-unreachable`, at once when the server failed a moment ago.
   */
  async open(server: SipServer): Promise<Hop> {
    return await this.#connectionOf(server).open(false);
  }

  /** As `open`, but a failure a moment ago does not count. */
  async probe(server: SipServer): Promise<Hop> {
    return await this.#connectionOf(server).open(true);
  }

  /** A connection beside the shared one, which no request goes over; nobody is told how it fares. */
  async openTrial(server: SipServer): Promise<Hop> {
    return await this.#dialer.dial(server, () => undefined);
  }

  /**
   * Sees whether a TCP connection can still be opened, and closes it again. If not, the connection with the server is
   * closed and its observers are told that it is unreachable.
   */
  async knock(server: SipServer, limitMs: number): Promise<void> {
    await this.#connectionOf(server).knock(limitMs);
  }

  /** Forgets every other server and closes its connection. */
  retain(servers: readonly SipServer[]): void {
    const kept = new Set(servers.map(serverKey));
    for (const [key, connection] of this.#connections) {
      if (!kept.has(key)) this.#forget(key, connection, 'the server is no longer configured');
    }
  }

  /** Closes every connection; resolves when the sockets are gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const [key, connection] of this.#connections) this.#forget(key, connection, 'this node stops');
    await this.#dialer.allGone();
  }

  #forget(key: string, connection: ServerConnection, reason: string): void {
    this.#connections.delete(key);
    connection.forget(reason);
  }

  #connectionOf(server: SipServer): ServerConnection {
    const key = serverKey(server);
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    const connection = new ServerConnection(server, this.#context.clock, this.#dialer, this.#tellAll);
    if (this.#isStopped) connection.forget('this node stops');
    else this.#connections.set(key, connection);
    return connection;
  }

  #tell(say: (observer: ServerObserver) => void): void {
    for (const observer of this.#observers) {
      try {
        say(observer);
      } catch (error) {
        this.#context.log.error({ err: error }, 'an observer of SIP servers met a fault');
      }
    }
  }
}

import { createServer, type Server, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { AdmissionDesk } from './admission.js';
import { cannotListen, listenOn } from './listening.js';
import type { ListenPlace, TlsSipListener, TlsTerms } from './sip-listener.js';
import { StreamConnection, type StreamTerms } from './stream-connection.js';
import { TlsStage } from './tls-stage.js';
import type { TransportContext } from './transport-context.js';

const gateOptions = {
  noDelay: true,
  // After so long without a packet the system asks whether the other host is still there.
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
  // What was asked before the other side's last byte can still be answered.
  allowHalfOpen: true,
} as const;

/** A TCP port, with TLS behind it or not: what the limits do not let in costs no parser and no cryptography. */
export class StreamListener implements TlsSipListener {
  readonly protocol: 'TCP' | 'TLS';
  readonly #context: TransportContext;
  readonly #desk: AdmissionDesk;
  readonly #place: ListenPlace;
  readonly #gate: Server;
  readonly #tls: TlsStage | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<StreamConnection>();
  #port = 0;

  constructor(context: TransportContext, desk: AdmissionDesk, place: ListenPlace, tls?: TlsTerms) {
    this.protocol = tls === undefined ? 'TCP' : 'TLS';
    this.#context = context;
    this.#desk = desk;
    this.#place = place;
    this.#tls = tls === undefined ? undefined : new TlsStage(context, tls, (socket) => this.#open(socket));
    this.#gate = createServer(gateOptions, (socket) => this.#accept(socket));
  }

  get port(): number {
    return this.#port;
  }

  get openHops(): number {
    return this.#connections.size;
  }

  setSecureContext(identity: SecureContextOptions): void {
    this.#tls?.setSecureContext(identity);
  }

  async start(): Promise<void> {
    this.#port = await listenOn(this.#gate, this.#place).catch((error: unknown) => {
      throw cannotListen(this.protocol, this.#place, error);
    });
    // Running out of file descriptors is told here; the connections that are open go on.
    this.#gate.on('error', (error) => this.#context.log.error({ err: error }, 'no SIP connection could be accepted'));
  }

  stopAccepting(): void {
    if (this.#gate.listening) this.#gate.close();
  }

  async resume(): Promise<void> {
    if (this.#gate.listening) return;
    await listenOn(this.#gate, { host: this.#place.host, port: this.#port }).catch((error: unknown) => {
      throw cannotListen(this.protocol, this.#place, error);
    });
  }

  async stop(): Promise<void> {
    this.stopAccepting();
    this.#tls?.abandon();
    for (const connection of this.#connections) connection.close('this node stops');
    await Promise.all([...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  }

  #accept(socket: Socket): void {
    // It may fail before anybody else listens.
    socket.on('error', () => undefined);
    const address = socket.remoteAddress;
    if (address === undefined) {
      socket.destroy();
      return;
    }
    const admission = this.#desk.admit(address, this.#context.settings());
    if (!admission.isAdmitted) {
      this.#context.metrics.refusedConnections.inc({ limit: admission.limit });
      socket.resetAndDestroy();
      return;
    }
    if (admission.isBeyondRate) this.#context.log.info({ address }, 'a source opens connections faster than its rate');
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      admission.leave();
    });
    if (this.#tls === undefined) this.#open(socket);
    else this.#tls.begin(socket);
  }

  #open(socket: Socket): void {
    const context = this.#context;
    const terms: StreamTerms = {
      protocol: this.protocol,
      queueBytes: context.settings().clientQueueBytes,
      idleLimitMs: () => context.settings().idleTimeoutMs,
      onGone: (connection) => this.#connections.delete(connection),
    };
    const connection = new StreamConnection(context, socket, terms);
    this.#connections.add(connection);
    context.sink.onOpen(connection);
  }
}

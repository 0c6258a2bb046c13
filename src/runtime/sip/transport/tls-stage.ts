import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import type { Swept } from './connection-sweep.js';
import type { TlsTerms } from './sip-listener.js';
import type { TransportContext } from './transport-context.js';

const minVersion = 'TLSv1.2';
/** Longer than any permitted time-out; the sweep applies the one in force. */
const longestHandshakeMs = 120_000;

interface Handshake {
  readonly socket: Socket;
  readonly begunAtMs: number;
}

/** Tells the connections of one listener apart, also when TLS has put its own socket around one. */
function endpointOf({ remoteAddress, remotePort }: Socket): string {
  return `${remotePort ?? ''} ${remoteAddress ?? ''}`;
}

/** The TLS handshakes of a listener: sockets go in, and come out secured or never. */
export class TlsStage implements Swept {
  readonly #context: TransportContext;
  readonly #server: Server;
  /** By the client's end, the oldest first. */
  readonly #begun = new Map<string, Handshake>();

  constructor(
    context: TransportContext,
    { identity, requiresClientCertificate }: TlsTerms,
    onSecure: (socket: TLSSocket) => void,
  ) {
    this.#context = context;
    this.#server = createServer({
      ...identity,
      minVersion,
      handshakeTimeout: longestHandshakeMs,
      requestCert: requiresClientCertificate,
      rejectUnauthorized: requiresClientCertificate,
    });
    this.#server.on('secureConnection', (socket) => {
      this.#end(endpointOf(socket));
      onSecure(socket);
    });
    this.#server.on('tlsClientError', (error, socket) => {
      context.metrics.failedHandshakes.inc();
      context.log.debug({ address: socket.remoteAddress, reason: error.message }, 'a TLS handshake failed');
    });
  }

  setSecureContext(identity: SecureContextOptions): void {
    this.#server.setSecureContext({ ...identity, minVersion });
  }

  begin(socket: Socket): void {
    const endpoint = endpointOf(socket);
    this.#context.sweep.add(this);
    this.#begun.set(endpoint, { socket, begunAtMs: this.#context.sweep.nowMs });
    socket.once('close', () => this.#end(endpoint));
    this.#server.emit('connection', socket);
  }

  sweep(nowMs: number): void {
    const { handshakeTimeoutMs } = this.#context.settings();
    for (const [endpoint, { socket, begunAtMs }] of this.#begun) {
      if (nowMs - begunAtMs <= handshakeTimeoutMs) return;
      this.#context.metrics.cutConnections.inc({ cause: 'handshake' });
      this.#end(endpoint);
      socket.destroy();
    }
  }

  /** Ends the handshakes that are under way. */
  abandon(): void {
    for (const { socket } of this.#begun.values()) socket.destroy();
  }

  #end(endpoint: string): void {
    this.#begun.delete(endpoint);
    if (this.#begun.size === 0) this.#context.sweep.remove(this);
  }
}

import { type Server, type Socket, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Credential } from '../../certificates/authority.js';
import { closeListener, listenOn } from '../../listener.js';
import type { FlowSink } from './flow.js';
import { SocketFlow } from './socket-flow.js';

/** Listens for TCP flows, or for TLS flows when it has a certificate. */
export class StreamListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(sink: FlowSink, certificate?: Credential, onConnection?: () => void) {
    const open = (socket: Socket) => {
      new SocketFlow(socket, certificate === undefined ? 'TCP' : 'TLS', sink);
      onConnection?.();
    };
    if (certificate === undefined) this.#server = createServer({ noDelay: true }, open);
    else {
      this.#server = createTlsServer({ cert: certificate.certificate, key: certificate.key }, open);
      this.#server.on('tlsClientError', (_: Error, socket: Socket) => socket.destroy());
    }
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Port 0 takes a free one; gives the port. */
  async open(address: string, port: number): Promise<number> {
    return await listenOn(this.#server, address, port);
  }

  /** Stops listening and cuts every flow. */
  async close(): Promise<void> {
    const closed = closeListener(this.#server);
    this.cut();
    await closed;
  }

  /** Cuts every flow; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

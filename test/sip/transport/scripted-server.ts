import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A UC node at the level of bytes: what it answers to STUN is up to the test. */
export class ScriptedServer {
  readonly sockets = new Set<Socket>();
  accepted = 0;
  /** STUN requests seen. */
  asked = 0;
  /** What comes with a STUN request; by default nothing. */
  onAsked: (transactionId: Buffer, socket: Socket) => void = () => undefined;
  /** What comes with a connection; by default nothing. */
  onAccepted: (socket: Socket) => void = () => undefined;
  received = '';
  port = 0;
  readonly #events = new EventEmitter();
  readonly #tls: TlsOptions | undefined;
  #server: Server | undefined;

  constructor(t: TestContext, tls?: TlsOptions) {
    this.#tls = tls;
    t.after(() => this.stop());
  }

  async start(): Promise<void> {
    const serve = (socket: Socket) => this.#serve(socket);
    const server = this.#tls === undefined ? createServer(serve) : createTlsServer(this.#tls, serve);
    this.#server = server.on('error', () => undefined);
    server.listen({ host: '127.0.0.1', port: this.port });
    await once(server, 'listening');
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Refuses from now on, and resets what is open. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = Promise.all([...this.sockets].map((socket) => once(socket, 'close')));
    if (server.listening) server.close();
    for (const socket of this.sockets) {
      if (this.#tls === undefined) socket.resetAndDestroy();
      else socket.destroy();
    }
    await closed;
  }

  /** Refuses new connections from now on, and leaves those that are open. */
  refuseSilently(): void {
    this.#server?.close();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#events, 'told');
  }

  #serve(socket: Socket): void {
    this.accepted += 1;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.#events.emit('told');
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk, socket));
    this.onAccepted(socket);
    this.#events.emit('told');
  }

  #receive(chunk: Buffer, socket: Socket): void {
    this.received += chunk.toString('latin1');
    if (chunk.subarray(0, 8).toString('hex') === '000100002112a442') {
      this.asked += 1;
      this.onAsked(chunk.subarray(8, 20), socket);
    }
    this.#events.emit('told');
  }
}

/** Answers a Binding request with 192.0.2.1 port 32853 in XOR-MAPPED-ADDRESS (RFC 5769 section 2.2 has that port). */
export function answerStun(transactionId: Buffer, socket: Socket): void {
  const head = Buffer.from('0101000c2112a442', 'hex');
  socket.write(Buffer.concat([head, transactionId, Buffer.from('002000080001a147e112a643', 'hex')]));
}

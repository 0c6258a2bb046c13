import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';

/** A TCP path to a port on loopback that can fall silent, as a dead network does, or break. */
export class Wire {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** Whether new connections come through. */
  isOpen = true;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(t: TestContext, port: number): Promise<Wire> {
    const server = createServer({ allowHalfOpen: true });
    const wire = new Wire(server);
    server.on('connection', (socket) => wire.#join(socket, connect({ host: '127.0.0.1', port, allowHalfOpen: true })));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      wire.cut();
      server.close();
    });
    return wire;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Nothing passes any more, not even an end, on the connections that there are. */
  freeze(): void {
    for (const [one, other] of this.#pairs) {
      one.unpipe(other).pause();
      other.unpipe(one).pause();
    }
  }

  /** What a frozen path held back passes. */
  thaw(): void {
    for (const [one, other] of this.#pairs) one.pipe(other).pipe(one);
  }

  /** Breaks the connections that there are. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#pairs.clear();
  }

  #join(one: Socket, other: Socket): void {
    if (!this.isOpen) {
      one.destroy();
      other.on('error', () => undefined).destroy();
      return;
    }
    this.#pairs.add([one, other]);
    for (const socket of [one, other]) socket.setNoDelay(true).on('error', () => undefined);
    one.pipe(other).pipe(one);
  }
}

import type { Credential } from '../../certificates/authority.js';
import { type Server, type Socket, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { closeListener, listenOn } from '../../listener.js';
import { StreamSplitter } from '../wire/stream-splitter.js';

/** Fields that an answer copies, in lower case with a leading line end, compact forms included. */
const copied = /\r\n(?:(?:via|v|from|f|to|t|call-id|i|cseq|record-route|path|contact|m)[ \t]*:[^\r]*)/gi;
const newTag = ';tag=sink';

/** The 200 to a request whose head is given in latin1. */
export function okAnswer(text: string): Buffer {
  const fields = (text.match(copied) ?? []).map((field) =>
    /^\r\n(?:to|t)[ \t]*:/i.test(field) && !/;tag=/i.test(field) ? field + newTag : field,
  );
  const tail = '\r\nExpires: 120\r\nContent-Length: 0\r\n\r\n';
  return Buffer.from(`SIP/2.0 200 OK${fields.join('')}${tail}`, 'latin1');
}

/** A user agent server for benchmarks: it answers every request with 200 at once, and keeps nothing. */
export class SipSink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #requests = 0;
  #garbage = 0;

  constructor(certificate?: Credential) {
    const open = (socket: Socket) => this.#serve(socket);
    this.#server =
      certificate === undefined
        ? createServer({ noDelay: true }, open)
        : createTlsServer({ cert: certificate.certificate, key: certificate.key }, open);
  }

  /** Requests that were answered. */
  get requests(): number {
    return this.#requests;
  }

  /** Connections that ended because what came was not SIP. */
  get garbage(): number {
    return this.#garbage;
  }

  /** Port 0 takes a free one; gives the port. */
  async start(address: string, port: number): Promise<number> {
    return await listenOn(this.#server, address, port);
  }

  async stop(): Promise<void> {
    const closed = closeListener(this.#server);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    const splitter = new StreamSplitter({
      onMessage: (bytes) => this.#answer(socket, bytes),
      onStun: () => undefined,
      onKeepalive: () => undefined,
      onGarbage: () => {
        this.#garbage += 1;
        socket.destroy();
      },
    });
    socket.on('data', (chunk: Buffer) => {
      socket.cork();
      splitter.push(chunk);
      socket.uncork();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #answer(socket: Socket, bytes: Buffer): void {
    const text = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n'));
    if (text.startsWith('SIP/2.0') || text.startsWith('ACK ')) return;
    this.#requests += 1;
    socket.write(okAnswer(text));
  }
}

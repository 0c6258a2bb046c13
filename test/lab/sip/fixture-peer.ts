import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { type Server, type Socket, connect } from 'node:net';
import { until } from './lab-sip.js';

/** The text of a fixture, with places such as `<port>` where each run differs. */
export function fixtureText(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'latin1');
}

/** A pattern of a fixture: the places stand for anything without white space, `<port>` for digits. */
export function fixturePattern(name: string): RegExp {
  const places = /<(?:port|tag|branch|nonce|call-id)>/g;
  const text = fixtureText(name);
  const quoted = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const fillings = [...text.matchAll(places)].map(([place]) => {
    if (place === '<port>') return '\\d+';
    return place === '<nonce>' ? '[^\\s"]{32}' : '[^\\s;]+';
  });
  const parts = text.split(places).map(quoted);
  return new RegExp(`^${parts.map((part, index) => part + (fillings[index] ?? '')).join('')}$`);
}

/** The other end of a TCP connection, that says what it is told and shows what it hears. */
export class BarePeer {
  heard = '';
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.heard += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
  }

  static async to(port: number): Promise<BarePeer> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new BarePeer(socket);
  }

  /** The next connection that a server takes. */
  static of(server: Server): Promise<BarePeer> {
    return new Promise((resolve) => {
      server.once('connection', (socket) => resolve(new BarePeer(socket)));
    });
  }

  say(text: string): void {
    this.#socket.write(Buffer.from(text, 'latin1'));
  }

  /** The next whole message without a body, or with one of the length it says. */
  async next(): Promise<string> {
    await until(() => this.#length() !== undefined);
    const length = this.#length() ?? 0;
    const message = this.heard.slice(0, length);
    this.heard = this.heard.slice(length);
    return message;
  }

  close(): void {
    this.#socket.destroy();
  }

  #length(): number | undefined {
    const head = this.heard.indexOf('\r\n\r\n');
    if (head < 0) return undefined;
    const body = Number(/Content-Length: (\d+)/.exec(this.heard.slice(0, head + 2))?.[1]);
    return this.heard.length >= head + 4 + body ? head + 4 + body : undefined;
  }
}

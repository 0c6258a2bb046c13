import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../platform/clock.js';
import { type ConnectOptions, connectSocket } from '../flow/connect-flow.js';
import { StreamSplitter } from '../wire/stream-splitter.js';
import type { Socket } from 'node:net';
import { type RegisterTemplate, registerText } from './register-template.js';

/** Told what becomes of each request. */
export interface LoadListener {
  succeed(tookMs: number): void;
  fail(reason: string): void;
}

const branchStart = 'z9hG4bKload';
/** Keeps branches of one process apart from those of any other: they must never come again (RFC 3261 section 8.1.1.7). */
const branchEnd = `x${randomBytes(6).toString('hex')}x`;

/** One connection of a load: requests under way, and the check of their answers. */
export class LoadConnection {
  readonly #socket: Socket;
  readonly #protocol: 'TCP' | 'TLS';
  readonly #listener: LoadListener;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, number>();
  #last = 0;

  private constructor(socket: Socket, { target, clock }: ConnectOptions, listener: LoadListener) {
    this.#socket = socket;
    this.#protocol = target.protocol;
    this.#listener = listener;
    this.#clock = clock;
    const splitter = new StreamSplitter({
      onMessage: (bytes) => this.#receive(bytes.toString('latin1')),
      onStun: () => listener.fail('STUN instead of an answer'),
      onKeepalive: () => undefined,
      onGarbage: (reason) => listener.fail(reason),
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => splitter.push(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => this.giveUp('the connection ended'));
  }

  /** @throws FairleadError `lab.unexpected` when it does not open. */
  static async open(options: ConnectOptions, listener: LoadListener): Promise<LoadConnection> {
    return new LoadConnection(await connectSocket(options), options, listener);
  }

  /** Requests that have no final answer yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Lets go what was sent since the last time. */
  flush(): void {
    while (this.#socket.writableCorked > 0) this.#socket.uncork();
  }

  /** Nothing goes out before `flush`. */
  send(template: RegisterTemplate, device: number, turn: number, dueMs: number): void {
    if (!this.#socket.writable) {
      this.#listener.fail('the connection ended');
      return;
    }
    if (this.#socket.writableCorked === 0) this.#socket.cork();
    this.#last += 1;
    this.#waiting.set(this.#last, dueMs);
    const { localAddress = '', localPort = 0 } = this.#socket;
    const branch = `${branchStart}${this.#last}${branchEnd}${localPort}`;
    const from = { branch, device, turn, protocol: this.#protocol, localAddress, localPort };
    this.#socket.write(registerText(template, from), 'latin1');
  }

  /** Counts what is not answered as failed. */
  giveUp(reason = 'no answer in time'): void {
    for (let left = this.#waiting.size; left > 0; left -= 1) this.#listener.fail(reason);
    this.#waiting.clear();
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    const status = /^SIP\/2\.0 (\d{3}) /.exec(text)?.[1];
    if (status === undefined) return;
    if (status.startsWith('1')) return;
    const number = Number(/;branch=z9hG4bKload(\d+)/.exec(text)?.[1]);
    const dueMs = this.#waiting.get(number);
    if (dueMs === undefined) {
      this.#listener.fail('an answer that belongs to no request');
      return;
    }
    this.#waiting.delete(number);
    if (status === '200') this.#listener.succeed(this.#clock.monotonicMs() - dueMs);
    else this.#listener.fail(`status ${status}`);
  }
}

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import { IdleTimer } from './idle-timer.js';
import type { SocketTraffic } from './socket-traffic.js';
import type { SshChannel } from './ssh-terms.js';

const bufferBytes = 64 * 1024;

/** What a channel needs of the link it runs in. */
export interface ChannelHome {
  readonly socket: Socket;
  readonly traffic: SocketTraffic;
  readonly clock: Clock;
}

/** A channel that behaves as a TCP socket does: half-close, backpressure, idle time-out, and what HTTP asks of a socket. */
export class ChannelSocket extends Duplex {
  readonly #channel: SshChannel;
  readonly #home: ChannelHome;
  readonly #idle: IdleTimer;
  #unwritten: ((error?: Error | null) => void) | undefined;
  #closedByPeer = false;

  /** `allowHalfOpen` as of `node:net`: without it our direction ends when the other end has ended its own. */
  constructor(channel: SshChannel, home: ChannelHome, allowHalfOpen: boolean) {
    super({ allowHalfOpen, highWaterMark: bufferBytes });
    this.#channel = channel;
    this.#home = home;
    this.#idle = new IdleTimer(home.clock, () => this.emit('timeout'));
    channel.on('data', (chunk: Buffer) => this.#receive(chunk));
    channel.on('end', () => this.#deliver(null));
    channel.on('error', (error: Error) => this.destroy(error));
    channel.on('close', () => this.#onPeerClosed());
  }

  get remoteAddress(): string | undefined {
    return this.#home.socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#home.socket.remotePort;
  }

  get remoteFamily(): string | undefined {
    return this.#home.socket.remoteFamily;
  }

  /** Emits `timeout` after so long without a byte in either direction; 0 switches it off. */
  setTimeout(limitMs: number, listener?: () => void): this {
    this.#idle.set(limitMs);
    if (listener !== undefined) this.once('timeout', listener);
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** Ends, and is destroyed when everything is sent. */
  destroySoon(): void {
    this.end(() => this.destroy());
  }

  override _read(): void {
    if (this.#channel.isPaused()) this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#home.traffic.batch();
    this.#channel.eof();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#idle.stop();
    this.#onWritten(error ?? new FairleadError('link.down', 'the channel was destroyed'));
    this.#home.traffic.batch();
    this.#channel.close();
    // What still arrives is read and dropped, or the other end would wait for its window.
    this.#channel.resume();
    done(error);
  }

  #send(chunk: Buffer, done: (error?: Error | null) => void): void {
    if (this.#closedByPeer) {
      done(new FairleadError('link.down', 'the other end has closed the channel'));
      return;
    }
    this.#idle.active();
    this.#home.traffic.batch();
    this.#unwritten = done;
    this.#channel.write(chunk, (error) => this.#home.traffic.whenWritable(() => this.#onWritten(error)));
  }

  #receive(chunk: Buffer): void {
    this.#idle.active();
    if (!this.#deliver(chunk)) this.#channel.pause();
  }

  /** A reader that throws loses its channel; the exception must not reach the SSH parser, which would end the link. */
  #deliver(chunk: Buffer | null): boolean {
    if (this.destroyed) return true;
    try {
      return this.push(chunk);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
      return true;
    }
  }

  #onWritten(error: Error | null | undefined): void {
    const done = this.#unwritten;
    if (done === undefined) return;
    this.#unwritten = undefined;
    process.nextTick(done, error);
  }

  #onPeerClosed(): void {
    this.#closedByPeer = true;
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
  }
}

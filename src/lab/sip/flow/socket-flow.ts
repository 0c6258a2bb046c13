import type { Socket } from 'node:net';
import { asFairleadError } from '../../../errors.js';
import { parseMessage } from '../wire/message-text.js';
import { StreamSplitter } from '../wire/stream-splitter.js';
import { type Flow, type FlowSink, newFlowId } from './flow.js';

const pong = Buffer.from('\r\n');
const mostQueuedBytes = 4 * 1024 * 1024;

/** A flow over a connected TCP or TLS socket. */
export class SocketFlow implements Flow {
  readonly id = newFlowId();
  readonly protocol: 'TCP' | 'TLS';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly #socket: Socket;
  readonly #sink: FlowSink;
  #reason = 'closed by the other side';

  constructor(socket: Socket, protocol: 'TCP' | 'TLS', sink: FlowSink) {
    this.#socket = socket;
    this.#sink = sink;
    this.protocol = protocol;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.remotePort = socket.remotePort ?? 0;
    this.localAddress = socket.localAddress ?? '';
    this.localPort = socket.localPort ?? 0;
    const splitter = new StreamSplitter({
      onMessage: (bytes) => this.#receive(bytes),
      onStun: (bytes) => sink.onStun(bytes, this),
      onKeepalive: (kind) => kind === 'ping' && this.send(pong),
      onGarbage: (reason) => this.#refuse(reason),
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => splitter.push(chunk));
    socket.on('error', (error) => {
      this.#reason = error.message;
    });
    socket.once('close', () => sink.onClosed(this, this.#reason));
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  send(bytes: Buffer): void {
    if (!this.#socket.writable) return;
    if (this.#socket.writableLength > mostQueuedBytes) this.cut();
    else this.#socket.write(bytes);
  }

  end(): void {
    this.#reason = 'closed by this side';
    this.#socket.end();
    this.#socket.destroySoon();
  }

  cut(): void {
    this.#reason = 'cut by this side';
    this.#socket.destroy();
  }

  reset(): void {
    this.#reason = 'reset by this side';
    if (this.protocol === 'TCP' && this.#socket.writable) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    try {
      this.#sink.onMessage(parseMessage(bytes), this);
    } catch (error) {
      this.#refuse(asFairleadError(error).message);
    }
  }

  #refuse(reason: string): void {
    this.#reason = reason;
    this.#sink.onGarbage(reason, this);
    this.#socket.destroy();
  }
}

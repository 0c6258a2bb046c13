import type { Socket } from 'node:net';
import type { ConnectionSweep } from './connection-sweep.js';
import type { Flushable, WriteBatch } from './write-batch.js';

/** A peer that takes nothing of what is queued for so long does not read. */
const stuckAfterMs = 15_000;
const pong = Buffer.from('\r\n');

/** What waits to be written to a socket: messages of one turn leave in one write, and all that waits is bounded. */
export class SendQueue implements Flushable {
  readonly #socket: Socket;
  readonly #batch: WriteBatch;
  readonly #sweep: ConnectionSweep;
  readonly #maximumBytes: number;
  readonly #onWritten = () => {
    this.#writtenAtMs = this.#sweep.nowMs;
  };
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #hasPong = false;
  #writtenAtMs = 0;

  constructor(socket: Socket, batch: WriteBatch, sweep: ConnectionSweep, maximumBytes: number) {
    this.#socket = socket;
    this.#batch = batch;
    this.#sweep = sweep;
    this.#maximumBytes = maximumBytes;
  }

  /** False, and nothing queued, when it would be more than the maximum. */
  push(bytes: Buffer): boolean {
    if (this.#waitingBytes + this.#socket.writableLength + bytes.length > this.#maximumBytes) return false;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waiting.length === 1) this.#batch.add(this);
    return true;
  }

  /** Pings that come together are answered together, so that a flood of them makes no queue. */
  pushPong(): void {
    if (!this.#hasPong) this.#hasPong = this.push(pong);
  }

  flush(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#socket.destroyed) return;
    const bytes = this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting, this.#waitingBytes);
    this.clear();
    if (this.#socket.writableLength === 0) this.#onWritten();
    this.#socket.write(bytes, this.#onWritten);
  }

  clear(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#hasPong = false;
  }

  /** Whether the peer has not taken anything for too long, though there is something to take. */
  isStuck(nowMs: number): boolean {
    return this.#socket.writableLength > 0 && nowMs - this.#writtenAtMs > stuckAfterMs;
  }
}

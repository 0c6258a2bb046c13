import type { Duplex } from 'node:stream';
import { frameHeaderBytes } from './frame.js';
import { FrameWriter } from './frame-writer.js';

/**
 * What waits to be sent on one connection, bounded in bytes. All that is queued in one turn of the event loop leaves together,
 * and what tells of the sender's state overtakes the traffic.
 */
export class SendQueue {
  readonly #socket: Duplex;
  readonly #boundBytes: number;
  readonly #traffic = new FrameWriter();
  readonly #states = new Map<number, Buffer>();
  #isScheduled = false;

  constructor(socket: Duplex, boundBytes: number) {
    this.#socket = socket;
    this.#boundBytes = boundBytes;
    socket.on('drain', () => this.flush());
  }

  /** Gives the writer to put one frame of that size into; undefined when the queue is at its bound. */
  frame(type: number, payloadBytes: number): FrameWriter | undefined {
    const waiting = this.#traffic.bytes + this.#socket.writableLength;
    if (waiting + frameHeaderBytes + payloadBytes > this.#boundBytes || this.#socket.destroyed) return undefined;
    this.#traffic.begin(type, payloadBytes);
    this.#schedule();
    return this.#traffic;
  }

  /** Queues the newest state of its type; an older one that still waits is dropped. */
  state(type: number, payload: Buffer): void {
    const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.length);
    frame.writeUInt8(type, 0);
    frame.writeUInt32BE(payload.length, 1);
    payload.copy(frame, frameHeaderBytes);
    this.#states.set(type, frame);
    this.#schedule();
  }

  /** Hands to the socket what it takes now. */
  flush(): void {
    const socket = this.#socket;
    for (const [type, frame] of this.#states) {
      if (socket.writableNeedDrain || socket.destroyed) return;
      this.#states.delete(type);
      socket.write(frame);
    }
    while (!socket.writableNeedDrain && !socket.destroyed) {
      const frames = this.#traffic.take();
      if (frames === undefined) return;
      socket.write(frames, () => this.#traffic.recycle(frames));
    }
  }

  /** Hands everything to the socket, whatever it takes; for the last words. */
  release(): void {
    for (const frame of this.#states.values()) this.#socket.write(frame);
    this.#states.clear();
    for (let frames = this.#traffic.take(); frames !== undefined; frames = this.#traffic.take())
      this.#socket.write(frames);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }
}

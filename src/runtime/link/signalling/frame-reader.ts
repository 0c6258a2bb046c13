import { frameBounds, frameHeaderBytes } from './frame.js';

export interface FrameSink {
  /** `payload` is a view into what was received. */
  onFrame(type: number, payload: Buffer): void;
  /** A frame is longer than any may be; nothing follows. */
  onOversize(type: number, payloadBytes: number): void;
}

/** Cuts a stream into frames, however it is split: a frame within one chunk is not copied, any other is copied once. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #head = Buffer.alloc(frameHeaderBytes);
  #headBytes = 0;
  #type = 0;
  #payload: Buffer | undefined;
  #payloadBytes = 0;
  #isStopped = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#isStopped) {
      if (this.#payload !== undefined) at = this.#continue(chunk, at, this.#payload);
      else if (this.#headBytes === 0 && chunk.length - at >= frameHeaderBytes) at = this.#begin(chunk, at, chunk, at);
      else at = this.#collectHead(chunk, at);
    }
  }

  /** Drops what is half read and everything that comes. */
  stop(): void {
    this.#isStopped = true;
    this.#payload = undefined;
  }

  #collectHead(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#head, this.#headBytes, at);
    this.#headBytes += copied;
    if (this.#headBytes < frameHeaderBytes) return at + copied;
    this.#headBytes = 0;
    return this.#begin(this.#head, 0, chunk, at + copied - frameHeaderBytes);
  }

  /** Reads a head; `at` is where it would begin if all of it stood in the chunk. */
  #begin(head: Buffer, headAt: number, chunk: Buffer, at: number): number {
    const type = head.readUInt8(headAt);
    const length = head.readUInt32BE(headAt + 1);
    if (length > frameBounds.payloadBytes) {
      this.stop();
      this.#sink.onOversize(type, length);
      return chunk.length;
    }
    const start = at + frameHeaderBytes;
    if (chunk.length - start >= length) {
      this.#sink.onFrame(type, chunk.subarray(start, start + length));
      return start + length;
    }
    this.#type = type;
    this.#payloadBytes = 0;
    this.#payload = Buffer.allocUnsafeSlow(length);
    return start;
  }

  #continue(chunk: Buffer, at: number, payload: Buffer): number {
    const copied = chunk.copy(payload, this.#payloadBytes, at);
    this.#payloadBytes += copied;
    if (this.#payloadBytes === payload.length) {
      this.#payload = undefined;
      this.#sink.onFrame(this.#type, payload);
    }
    return at + copied;
  }
}

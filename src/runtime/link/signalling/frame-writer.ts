import { frameHeaderBytes } from './frame.js';

const slabBytes = 64 * 1024;
const mostSpare = 4;

/** Writes frames one behind the other into large buffers, so that many leave in one system call and each is copied once. */
export class FrameWriter {
  readonly #full: Buffer[] = [];
  readonly #spare: Buffer[] = [];
  #slab: Buffer = Buffer.allocUnsafeSlow(slabBytes);
  #at = 0;
  #bytes = 0;

  /** What is written and not taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins a frame; exactly `payloadBytes` are then written. */
  begin(type: number, payloadBytes: number): void {
    const frameBytes = frameHeaderBytes + payloadBytes;
    if (this.#slab.length - this.#at < frameBytes) this.#turn(frameBytes);
    this.#slab[this.#at] = type;
    this.#slab.writeUInt32BE(payloadBytes, this.#at + 1);
    this.#at += frameHeaderBytes;
    this.#bytes += frameBytes;
  }

  byte(value: number): void {
    this.#slab[this.#at] = value;
    this.#at += 1;
  }

  uint16(value: number): void {
    this.#at = this.#slab.writeUInt16BE(value, this.#at);
  }

  /** One byte for each character; for ASCII. */
  text(value: string): void {
    this.#at += this.#slab.write(value, this.#at, 'latin1');
  }

  copy(bytes: Buffer): void {
    this.#at += bytes.copy(this.#slab, this.#at);
  }

  /** The oldest frames that are not taken, or nothing; to be given back to `recycle` when they are sent. */
  take(): Buffer | undefined {
    if (this.#full.length === 0 && this.#at > 0) this.#turn(0);
    const taken = this.#full.shift();
    this.#bytes -= taken?.length ?? 0;
    return taken;
  }

  recycle(taken: Buffer): void {
    if (taken.buffer.byteLength !== slabBytes || this.#spare.length >= mostSpare) return;
    this.#spare.push(Buffer.from(taken.buffer));
  }

  #turn(neededBytes: number): void {
    if (this.#at > 0) this.#full.push(this.#slab.subarray(0, this.#at));
    this.#at = 0;
    const spare = neededBytes <= slabBytes ? this.#spare.pop() : undefined;
    this.#slab = spare ?? Buffer.allocUnsafeSlow(Math.max(slabBytes, neededBytes));
  }
}

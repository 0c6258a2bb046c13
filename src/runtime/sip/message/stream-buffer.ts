const smallest = 2_048;
const nothing = Buffer.alloc(0);

/** Bytes of a stream that are not read yet. What one chunk holds in full is never copied. */
export class StreamBuffer {
  /** What has come and is not skipped. */
  unread: Buffer = nothing;
  /** Our own memory that `unread` lies in when it holds more than one chunk. */
  #storage: Buffer | undefined;
  #end = 0;

  append(chunk: Buffer): void {
    if (this.unread.length === 0) {
      this.#storage = undefined;
      this.unread = chunk;
      return;
    }
    const length = this.unread.length + chunk.length;
    if (this.#storage === undefined || this.#end + chunk.length > this.#storage.length) this.#move(length);
    if (this.#storage === undefined) return;
    chunk.copy(this.#storage, this.#end);
    this.#end += chunk.length;
    this.unread = this.#storage.subarray(this.#end - length, this.#end);
  }

  /** The first so many bytes, for the taker to keep. */
  take(bytes: number): Buffer {
    const taken = this.unread.subarray(0, bytes);
    return this.#storage === undefined ? taken : Buffer.from(taken);
  }

  skip(bytes: number): void {
    // A connection that waits for its next message keeps no memory of the last one.
    if (bytes >= this.unread.length) this.clear();
    else this.unread = this.unread.subarray(bytes);
  }

  clear(): void {
    this.unread = nothing;
    this.#storage = undefined;
  }

  /** Doubling keeps the cost per byte the same however small the chunks are. */
  #move(length: number): void {
    const storage = Buffer.allocUnsafe(Math.max(smallest, 2 * length));
    this.unread.copy(storage, 0);
    this.#end = this.unread.length;
    this.#storage = storage;
  }
}

const newline = 0x0a;

/** Cuts a byte stream into lines and holds at most `limitBytes` of an unfinished one. */
export class LineSplitter {
  readonly #limitBytes: number;
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #overflowed = false;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** A line was longer than the limit; nothing is given any more. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** The lines that this chunk completes, without their ends; bytes that are not UTF-8 become U+FFFD. */
  *push(chunk: Buffer): Generator<string> {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      if (!this.#hold(chunk.subarray(start, end))) return;
      yield this.#take();
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  #hold(piece: Buffer): boolean {
    this.#heldBytes += piece.length;
    this.#overflowed ||= this.#heldBytes > this.#limitBytes;
    if (this.#overflowed) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
    return !this.#overflowed;
  }

  #take(): string {
    const line = Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    this.#heldBytes = 0;
    return line;
  }
}

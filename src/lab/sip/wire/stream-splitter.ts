/** Takes what a stream carries, piece by whole piece. */
export interface SplitterSink {
  onMessage(bytes: Buffer): void;
  onStun(bytes: Buffer): void;
  /** CRLF CRLF of a client, or the CRLF that answers it (RFC 5626, 4.4.1). */
  onKeepalive(kind: 'ping' | 'pong'): void;
  /** Nothing after it can be told apart; the stream must end. */
  onGarbage(reason: string): void;
}

const longestHeadBytes = 16 * 1024;
const longestBodyBytes = 64 * 1024;
const carriageReturn = 0x0d;
const nothing = Buffer.alloc(0);

function bodyLength(head: string): number | undefined {
  const found = /\r\n(?:content-length|l)[ \t]*:[ \t]*(\d{1,7})[ \t]*(?:\r\n|$)/i.exec(head);
  return found === null ? undefined : Number(found[1]);
}

/** Cuts a byte stream into SIP messages, STUN packets and keepalives, however the bytes arrive. */
export class StreamSplitter {
  readonly #sink: SplitterSink;
  #rest: Buffer = nothing;
  #broken = false;
  /** The last piece was one CRLF, which a second one makes a ping. */
  #isHalfPing = false;

  constructor(sink: SplitterSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    if (this.#broken) return;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length > 0 && this.#takeOne());
  }

  /** False when the next piece is not there yet, or nothing can follow. */
  #takeOne(): boolean {
    const first = this.#rest[0] ?? 0;
    if (first <= 1) return this.#takeStun();
    return first === carriageReturn ? this.#takeKeepalive() : this.#takeMessage();
  }

  #takeStun(): boolean {
    if (this.#rest.length < 20) return false;
    const length = 20 + this.#rest.readUInt16BE(2);
    if (length > longestBodyBytes) return this.#fail('a STUN packet beyond any length');
    if (this.#rest.length < length) return false;
    this.#sink.onStun(this.#cut(length));
    return true;
  }

  #takeKeepalive(): boolean {
    const text = this.#rest.toString('latin1', 0, 4);
    if (text === '\r\n\r\n') {
      this.#cut(4);
      this.#sink.onKeepalive('ping');
      return true;
    }
    if ('\r\n\r\n'.startsWith(text) && text !== '\r\n') return false;
    if (!text.startsWith('\r\n')) return this.#fail('a carriage return without its line feed');
    this.#cut(2);
    const isPing = this.#isHalfPing;
    this.#isHalfPing = !isPing;
    this.#sink.onKeepalive(isPing ? 'ping' : 'pong');
    return true;
  }

  #takeMessage(): boolean {
    const headEnd = this.#rest.indexOf('\r\n\r\n');
    if (headEnd < 0) return this.#rest.length > longestHeadBytes ? this.#fail('headers beyond any length') : false;
    const length = bodyLength(this.#rest.toString('latin1', 0, headEnd));
    if (length === undefined) return this.#fail('a message without Content-Length');
    if (length > longestBodyBytes) return this.#fail(`a body of ${length} bytes`);
    if (this.#rest.length < headEnd + 4 + length) return false;
    this.#sink.onMessage(this.#cut(headEnd + 4 + length));
    return true;
  }

  #cut(length: number): Buffer {
    const piece = this.#rest.subarray(0, length);
    if (length > 2) this.#isHalfPing = false;
    this.#rest = this.#rest.subarray(length);
    return piece;
  }

  #fail(reason: string): false {
    this.#broken = true;
    this.#rest = nothing;
    this.#sink.onGarbage(reason);
    return false;
  }
}

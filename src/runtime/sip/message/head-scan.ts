import { colon, lineFeed, parseDecimal, space, tab } from './characters.js';

const maximumLength = 2 ** 31 - 1;

/** Looks for a head's end and its Content-Length, going on where it stopped when more has come. */
export class HeadScan {
  /** With the blank line; undefined until it has come. */
  headBytes: number | undefined;
  /** Undefined when it is missing, repeated or no length. */
  contentLength: number | undefined;
  #at = 0;
  #lineStart = 0;
  #lengthStart = -1;
  #isRepeated = false;

  /** Takes all that has come of the message so far. */
  read(bytes: Uint8Array): void {
    if (this.headBytes !== undefined) return;
    let at = this.#at;
    for (; at < bytes.length; at += 1) {
      if (bytes[at] !== lineFeed) continue;
      const start = this.#lineStart;
      this.#lineStart = at + 1;
      if (at === start + 1 && bytes[start] === 0x0d) {
        this.headBytes = at + 1;
        this.#finish(bytes);
        return;
      }
      if (isContentLength(bytes, start)) {
        this.#isRepeated ||= this.#lengthStart >= 0;
        this.#lengthStart = start;
      }
    }
    this.#at = at;
  }

  #finish(bytes: Uint8Array): void {
    if (this.#lengthStart < 0 || this.#isRepeated) return;
    const text = Buffer.from(bytes.subarray(this.#lengthStart, this.headBytes)).toString('latin1');
    const value = /^[^:]*:((?:[^\r\n]|\r\n[ \t])*)/.exec(text)?.[1] ?? '';
    this.contentLength = parseDecimal(value.trim(), maximumLength);
  }
}

const longName = Buffer.from('content-length');

/** Whether the line that starts there is a Content-Length in either form and any case. */
function isContentLength(bytes: Uint8Array, start: number): boolean {
  const first = (bytes[start] ?? 0) | 0x20;
  if (first !== 0x63 && first !== 0x6c) return false;
  let at = start + 1;
  if (first === 0x63) {
    for (let letter = 1; letter < longName.length; letter += 1, at += 1)
      if (((bytes[at] ?? 0) | 0x20) !== longName[letter]) return false;
  }
  while (bytes[at] === space || bytes[at] === tab) at += 1;
  return bytes[at] === colon;
}

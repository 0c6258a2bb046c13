import { carriageReturn, colon, isBlank, lineFeed, parseDecimal } from './characters.js';

const maximumLength = 2 ** 31 - 1;
const longName = 'content-length';

/** Looks for a head's end and its Content-Length, going on where it stopped when more has come. */
export class HeadScan {
  /** With the blank line; undefined until it has come. */
  headBytes: number | undefined;
  /** Undefined when it is missing, repeated or no length. */
  contentLength: number | undefined;
  /** No line ends before it. */
  #at = 0;
  #lineStart = 0;
  #lengthStart = -1;
  #isRepeated = false;

  /** Takes all that has come of the message so far, from its first byte on. */
  read(bytes: Buffer): void {
    if (this.headBytes !== undefined) return;
    for (let at = bytes.indexOf(lineFeed, this.#at); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
      const start = this.#lineStart;
      this.#lineStart = at + 1;
      if (at === start + 1 && bytes[start] === carriageReturn) {
        this.headBytes = at + 1;
        this.#readLength(bytes.subarray(0, at + 1));
        return;
      }
      if (!isContentLength(bytes, start)) continue;
      this.#isRepeated ||= this.#lengthStart >= 0;
      this.#lengthStart = start;
    }
    this.#at = bytes.length;
  }

  #readLength(head: Buffer): void {
    if (this.#lengthStart < 0 || this.#isRepeated) return;
    const lines = head.toString('latin1', this.#lengthStart);
    const value = /^[^:]*:((?:[^\r\n]|\r\n[ \t])*)/.exec(lines)?.[1] ?? '';
    this.contentLength = parseDecimal(value.trim(), maximumLength);
  }
}

/** Whether the line that starts there is a Content-Length in either form and any case. */
function isContentLength(bytes: Buffer, start: number): boolean {
  const first = (bytes[start] ?? 0) | 0x20;
  const length = first === 0x6c ? 1 : first === 0x63 ? longName.length : 0;
  if (length === 0) return false;
  for (let at = 1; at < length; at += 1)
    if (((bytes[start + at] ?? 0) | 0x20) !== longName.charCodeAt(at)) return false;
  let behind = start + length;
  while (isBlank(bytes[behind] ?? 0)) behind += 1;
  return bytes[behind] === colon;
}

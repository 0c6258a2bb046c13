import { space } from './characters.js';

const wordBytes = 4;
const highBits = 0x80808080;

/** How many control characters stand between two places, line breaks included; looks at four bytes at a time. */
export function countControls(bytes: Buffer, start: number, end: number): number {
  const aligned = start + (-(bytes.byteOffset + start) & (wordBytes - 1));
  if (aligned >= end) return countOneByOne(bytes, start, end);
  const wordCount = (end - aligned) >> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, wordCount);
  let count = countOneByOne(bytes, start, aligned);
  for (let index = 0; index < wordCount; index += 1) {
    const word = words[index] ?? 0;
    // Taking 0x20 from a byte below it, or adding 1 to 0x7f, turns a high bit on that was off.
    const hits = ((word - 0x20202020) | (word + 0x01010101)) & ~word & highBits;
    if (hits === 0) continue;
    const at = aligned + index * wordBytes;
    count += countOneByOne(bytes, at, at + wordBytes);
  }
  return count + countOneByOne(bytes, aligned + wordCount * wordBytes, end);
}

function countOneByOne(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < space || byte === 0x7f) count += 1;
  }
  return count;
}

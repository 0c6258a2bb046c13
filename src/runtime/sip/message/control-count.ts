import { space } from './characters.js';

const scratch = Buffer.alloc(4_096);
const words = new Int32Array(scratch.buffer, scratch.byteOffset, scratch.length / 4);
const highBits = 0x80808080;

/** How many control characters stand between two places, line breaks included; four bytes at a time. */
export function countControls(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += scratch.length) {
    const length = bytes.copy(scratch, 0, at, Math.min(end, at + scratch.length));
    const wordCount = (length + 3) >> 2;
    if (length < scratch.length) scratch.fill(space, length, wordCount * 4);
    for (let index = 0; index < wordCount; index += 1) {
      const word = words[index] ?? 0;
      // Taking 0x20 from a byte below it, or adding 1 to 0x7f, turns a high bit on that was off.
      const hits = ((word - 0x20202020) | (word + 0x01010101)) & ~word & highBits;
      if (hits !== 0) count += controlsIn(word);
    }
  }
  return count;
}

function controlsIn(word: number): number {
  let count = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const byte = (word >>> shift) & 0xff;
    if (byte < space || byte === 0x7f) count += 1;
  }
  return count;
}

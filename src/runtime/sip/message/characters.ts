/** Byte values that the scanners look for. */
const tab = 0x09;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const semicolon = 0x3b;
export const less = 0x3c;
export const equals = 0x3d;
export const greater = 0x3e;
export const backslash = 0x5c;

/** A table with 1 for each of the characters. */
function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

const digits = '0123456789';
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** 1 for the characters of `token` (RFC 3261 section 25.1). */
export const tokenTable = tableOf(`${digits}${letters}-.!%*_+\`'~`);

/** 1 for what may stand anywhere in a field's value: all but control characters, of which only the tab. */
export const plainTable = new Uint8Array(256)
  .fill(1, space)
  .fill(0, 0x7f, 0x80)
  .fill(1, tab, tab + 1);

function isDigitCode(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** 1 for visible characters and what lies beyond ASCII, but for the ones given. */
export function visibleTableWithout(characters: string): Uint8Array {
  const table = new Uint8Array(256).fill(1, space + 1).fill(0, 0x7f, 0x80);
  for (const character of characters) table[character.charCodeAt(0)] = 0;
  return table;
}

/** The end of the run of characters of a table that starts at `start`. */
export function runEnd(table: Uint8Array, text: string, start: number): number {
  // Reading past the end would give NaN, and slow this loop down for good.
  const { length } = text;
  let at = start;
  while (at < length && table[text.charCodeAt(at)] === 1) at += 1;
  return at;
}

/** The end of the token that starts at `start`: `start` itself when there is none. */
export function tokenEnd(text: string, start: number): number {
  return runEnd(tokenTable, text, start);
}

export function isBlank(code: number): boolean {
  return code === space || code === tab;
}

/** The first position from `start` on that is neither a space nor a tab. */
export function skipSpace(text: string, start: number): number {
  const { length } = text;
  let at = start;
  while (at < length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** Whether the text at `start` reads as `name`, which is in lower case, in any case of its letters. */
export function isNameAt(text: string, start: number, name: string): boolean {
  for (let at = 0; at < name.length; at += 1) {
    const code = text.charCodeAt(start + at);
    const wanted = name.charCodeAt(at);
    if (code !== wanted && (code < 0x41 || code > 0x5a || code + 0x20 !== wanted)) return false;
  }
  return true;
}

/** The number that so many decimal digits say, or undefined when it is none or above the maximum. */
export function parseDecimal(text: string, maximum: number): number | undefined {
  if (text.length === 0) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigitCode(code)) return undefined;
    value = value * 10 + (code - 0x30);
    if (value > maximum) return undefined;
  }
  return value;
}

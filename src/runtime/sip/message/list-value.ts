import { backslash, comma, greater, less, quote } from './characters.js';

/** The end of the quoted string that opens at `start`, behind its closing quote; -1 when it never closes. */
export function quotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at + 1;
  }
  return -1;
}

/** Where the value that starts at `start` ends: at a comma outside of quotes and angle brackets, or the text's end. */
export function valueEndAt(text: string, start: number): number {
  if (!text.includes(',', start)) return text.length;
  let isBracketed = false;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = quotedEnd(text, at);
      if (end < 0) return text.length;
      at = end - 1;
    } else if (code === less) isBracketed = true;
    else if (code === greater) isBracketed = false;
    else if (code === comma && !isBracketed) return at;
  }
  return text.length;
}

/** The values of a list on one line, trimmed, added to those before; empty ones left out. */
export function splitList(text: string, values: string[] = []): readonly string[] {
  for (let start = 0; start <= text.length; ) {
    const end = valueEndAt(text, start);
    const value = text.slice(start, end).trim();
    if (value !== '') values.push(value);
    start = end + 1;
  }
  return values;
}

import { parseDecimal, skipSpace, tokenEnd } from './characters.js';

/** The value of CSeq (RFC 3261 section 20.16). */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

const maximumNumber = 2 ** 31 - 1;

/** Reads the value of CSeq, unfolded; undefined when it is none or its number is 2^31 or more. */
export function parseCSeq(text: string): CSeq | undefined {
  let end = 0;
  while (end < text.length && text.charCodeAt(end) > 0x20) end += 1;
  const number = parseDecimal(text.slice(0, end), maximumNumber);
  const start = skipSpace(text, end);
  if (number === undefined || start === end || start === text.length) return undefined;
  return tokenEnd(text, start) === text.length ? { number, method: text.slice(start) } : undefined;
}

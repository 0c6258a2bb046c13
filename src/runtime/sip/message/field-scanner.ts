import { backslash, carriageReturn, colon, lineFeed, plainTable, quote, space, tab, tokenTable } from './characters.js';
import type { HeaderField } from './header-field.js';
import { headerIdAt } from './header-names.js';
import type { MessageLimits } from './message-limits.js';

/** The fields of a head, and the first thing that was wrong with it; malformed fields are left out. */
export interface ScannedFields {
  readonly fields: HeaderField[];
  readonly problem: string | undefined;
}

/** Reads the fields between two places; the last line must end there with its CRLF. `text` is the bytes in latin1. */
export function scanFields(
  bytes: Uint8Array,
  text: string,
  start: number,
  end: number,
  { maximumHeaderBytes, maximumHeaderCount }: MessageLimits,
): ScannedFields {
  const fields: HeaderField[] = [];
  let problem: string | undefined;
  for (let at = start; at < end; ) {
    const field = fieldAt(bytes, text, at, end);
    at = field.end;
    const size = field.end - field.start;
    if (field.problem !== undefined) problem ??= field.problem;
    else if (size > maximumHeaderBytes) problem ??= `a header field has ${size} bytes, more than ${maximumHeaderBytes}`;
    else if (fields.length === maximumHeaderCount) {
      problem ??= `there are more than ${maximumHeaderCount} header fields`;
      break;
    } else fields.push(field);
  }
  return { fields, problem };
}

interface ScannedField extends HeaderField {
  readonly problem: string | undefined;
}

function fieldAt(bytes: Uint8Array, text: string, start: number, limit: number): ScannedField {
  let nameEnd = start;
  while (tokenTable[bytes[nameEnd] ?? 0] === 1) nameEnd += 1;
  const colonAt = skipBlank(bytes, nameEnd);
  const isNamed = nameEnd > start && bytes[colonAt] === colon;
  const valueStart = isNamed ? skipBlank(bytes, colonAt + 1) : start;
  let problem = isNamed ? undefined : 'a header field has no name';
  let hasControls = false;
  let isFolded = false;
  let at = valueStart;
  for (; at < limit; at += 1) {
    if (plainTable[bytes[at] ?? 0] === 1) continue;
    if (bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) {
      hasControls = true;
      continue;
    }
    if (!isBlank(bytes[at + 2])) break;
    isFolded = true;
    at += 1;
  }
  if (hasControls && !areControlsQuoted(bytes, valueStart, at)) problem ??= 'a header field holds a control character';
  let valueEnd = at;
  while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1])) valueEnd -= 1;
  const id = isNamed ? headerIdAt(text, start, nameEnd) : 0;
  return { id, text, start, nameEnd, valueStart, valueEnd, end: Math.min(at + 2, limit), isFolded, problem };
}

function isBlank(code: number | undefined): boolean {
  return code === space || code === tab;
}

function skipBlank(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isBlank(bytes[at])) at += 1;
  return at;
}

/** Control characters may only stand escaped in a quoted string, and CR and LF not even there (RFC 3261 section 25.1). */
function areControlsQuoted(bytes: Uint8Array, start: number, end: number): boolean {
  let isQuoted = false;
  for (let at = start; at < end; at += 1) {
    const code = bytes[at] ?? 0;
    if (code === quote) isQuoted = !isQuoted;
    else if (code === backslash && isQuoted) {
      at += 1;
      if (bytes[at] === carriageReturn || bytes[at] === lineFeed) return false;
    } else if (code === carriageReturn && bytes[at + 1] === lineFeed) at += 1;
    else if (plainTable[code] !== 1) return false;
  }
  return true;
}

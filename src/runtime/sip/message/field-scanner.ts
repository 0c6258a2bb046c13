import { backslash, carriageReturn, isBlank, lineFeed, plainTable, quote, skipSpace, tokenEnd } from './characters.js';
import { countControls } from './control-count.js';
import { HeaderField } from './header-field.js';
import { headerIdAt, unknownHeader } from './header-names.js';
import type { MessageLimits } from './message-limits.js';

/** The fields of a head, and the first thing that was wrong with it; malformed fields are left out. */
export interface ScannedFields {
  readonly fields: HeaderField[];
  readonly problem: string | undefined;
}

/** Reads the fields between two places; the last line must end there with its CRLF. `text` is the bytes in latin1. */
export function scanFields(
  bytes: Buffer,
  text: string,
  start: number,
  end: number,
  limits: MessageLimits,
): ScannedFields {
  const fields: HeaderField[] = [];
  let problem: string | undefined;
  let lineBreaks = 0;
  for (let at = start; at < end; ) {
    let lineEnd = text.indexOf('\r\n', at);
    lineBreaks += 1;
    let isFolded = false;
    while (lineEnd + 2 < end && isBlank(text.charCodeAt(lineEnd + 2))) {
      lineEnd = text.indexOf('\r\n', lineEnd + 2);
      lineBreaks += 1;
      isFolded = true;
    }
    const field = fieldAt(text, at, lineEnd, isFolded);
    if (field === undefined) problem ??= 'a header field has no name';
    else fields.push(field);
    at = lineEnd + 2;
  }
  problem ??= limitProblem(fields, limits);
  // The common message has no control characters but its line breaks, which is cheap to see.
  if (countControls(bytes, start, end) === 2 * lineBreaks) return { fields, problem };
  const sound = fields.filter((field) => areControlsQuoted(field));
  if (sound.length < fields.length) problem ??= 'a header field holds a control character';
  return { fields: sound, problem };
}

function fieldAt(text: string, start: number, lineEnd: number, isFolded: boolean): HeaderField | undefined {
  const colonAt = text.indexOf(':', start);
  if (colonAt <= start || colonAt >= lineEnd) return undefined;
  let nameEnd = colonAt;
  while (nameEnd > start && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd -= 1;
  const id = headerIdAt(text, start, nameEnd);
  if (id === unknownHeader && (nameEnd === start || tokenEnd(text, start) !== nameEnd)) return undefined;
  const valueStart = Math.min(skipSpace(text, colonAt + 1), lineEnd);
  return new HeaderField(id, text, start, nameEnd, valueStart, lineEnd + 2, isFolded);
}

function limitProblem(
  fields: readonly HeaderField[],
  { maximumHeaderBytes, maximumHeaderCount }: MessageLimits,
): string | undefined {
  if (fields.length > maximumHeaderCount)
    return `there are ${fields.length} header fields, more than ${maximumHeaderCount}`;
  for (const { start, end } of fields)
    if (end - start > maximumHeaderBytes)
      return `a header field has ${end - start} bytes, more than ${maximumHeaderBytes}`;
  return undefined;
}

/** Control characters may only stand escaped in a quoted string, and CR and LF not even there (RFC 3261 section 25.1). */
function areControlsQuoted({ text, valueStart, end }: HeaderField): boolean {
  let isQuoted = false;
  for (let at = valueStart; at < end - 2; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) isQuoted = !isQuoted;
    else if (code === backslash && isQuoted) {
      at += 1;
      const escaped = text.charCodeAt(at);
      if (escaped === carriageReturn || escaped === lineFeed) return false;
    } else if (code === carriageReturn && text.charCodeAt(at + 1) === lineFeed) at += 1;
    else if (plainTable[code] !== 1) return false;
  }
  return true;
}

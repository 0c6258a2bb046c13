import { tokenEnd } from './characters.js';
import { headerIdOf, writtenName } from './header-names.js';

/** One field, as a slice of a text: of the message as it came, or of its own when we wrote it. */
export interface HeaderField {
  /** Of header-names; 0 for a name without one. */
  readonly id: number;
  readonly text: string;
  readonly start: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  /** Behind the value's last character. */
  readonly valueEnd: number;
  /** Behind the CRLF. */
  readonly end: number;
  readonly isFolded: boolean;
}

/** The value on one line: folds become one space (RFC 3261 section 7.3.1). */
export function fieldValue(field: HeaderField): string {
  const value = field.text.slice(field.valueStart, field.valueEnd);
  return field.isFolded ? unfold(value) : value;
}

function unfold(value: string): string {
  return value.replace(/\r\n[ \t]+/g, ' ').trim();
}

/** Writes a field; RangeError when the name is no token or the value would not stay on its line. */
export function newField(name: string, value: string): HeaderField {
  const written = writtenName(name);
  if (written.length === 0 || tokenEnd(written, 0) !== written.length)
    throw new RangeError(`${JSON.stringify(name)} is not the name of a header field`);
  return fieldOf(headerIdOf(name), written, value);
}

/** The same field, name as it was written, with another value. */
export function fieldWithValue(field: HeaderField, value: string): HeaderField {
  return fieldOf(field.id, field.text.slice(field.start, field.nameEnd), value);
}

function fieldOf(id: number, name: string, value: string): HeaderField {
  if (/[\0\r\n]/.test(value)) throw new RangeError(`the value of ${name} holds a line break or a NUL`);
  const valueStart = name.length + 2;
  const valueEnd = valueStart + value.length;
  const text = `${name}: ${value}\r\n`;
  return { id, text, start: 0, nameEnd: name.length, valueStart, valueEnd, end: text.length, isFolded: false };
}

/** Whether a field has a name that has no id; the name in lower case. */
export function isNamed(field: HeaderField, name: string): boolean {
  if (field.nameEnd - field.start !== name.length) return false;
  return field.text.slice(field.start, field.nameEnd).toLowerCase() === name;
}

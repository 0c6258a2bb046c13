import { isBlank, isNameAt, tokenEnd } from './characters.js';
import { headerIdOf, unknownHeader, writtenName } from './header-names.js';

/** One field, as a slice of a text: of the message as it came, or of its own when we wrote it. */
export class HeaderField {
  constructor(
    /** Of header-names; 0 for a name without one. */
    readonly id: number,
    readonly text: string,
    readonly start: number,
    readonly nameEnd: number,
    readonly valueStart: number,
    /** Behind the CRLF. */
    readonly end: number,
    readonly isFolded: boolean,
  ) {}
}

/** The value on one line: folds become one space (RFC 3261 section 7.3.1). */
export function fieldValue({ text, valueStart, end, isFolded }: HeaderField): string {
  let valueEnd = end - 2;
  while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd -= 1;
  const value = text.slice(valueStart, valueEnd);
  return isFolded ? value.replace(/\r\n[ \t]+/g, ' ').trim() : value;
}

/** Writes a field; RangeError when the name is no token or the value would not stay on its line. */
export function newField(name: string, value: string): HeaderField {
  const id = headerIdOf(name);
  if (id === unknownHeader && (name === '' || tokenEnd(name, 0) !== name.length))
    throw new RangeError(`${JSON.stringify(name)} is not the name of a header field`);
  return fieldOf(id, writtenName(id, name), value);
}

/** The same field, name as it was written, with another value. */
export function fieldWithValue(field: HeaderField, value: string): HeaderField {
  return fieldOf(field.id, field.text.slice(field.start, field.nameEnd), value);
}

function fieldOf(id: number, name: string, value: string): HeaderField {
  if (!isOneLine(value)) throw new RangeError(`the value of ${name} holds a line break or what is not latin1`);
  const text = `${name}: ${value}\r\n`;
  return new HeaderField(id, text, 0, name.length, name.length + 2, text.length, false);
}

/** Whether a text stays on its line: latin1 writes the low byte alone, which makes a line feed of U+010A. */
export function isOneLine(text: string): boolean {
  return !/[\r\n\u0100-\uffff]/.test(text);
}

/** Whether a field without an id has a name, which is in lower case. */
export function isNamed({ text, start, nameEnd }: HeaderField, name: string): boolean {
  return nameEnd - start === name.length && isNameAt(text, start, name);
}

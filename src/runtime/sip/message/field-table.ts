import { fieldValue, fieldWithValue, type HeaderField, isNamed, newField } from './header-field.js';
import { headerIdOf, isListHeader, unknownHeader } from './header-names.js';
import { splitList, valueEndAt } from './list-value.js';

/** The fields of a message in order; edits exchange whole fields and leave the others as they came. */
export class FieldTable {
  readonly #fields: HeaderField[];

  constructor(fields: HeaderField[]) {
    this.#fields = fields;
  }

  clone(): FieldTable {
    return new FieldTable(this.#fields.slice());
  }

  /** Every field of a name, in order. */
  all(name: string): readonly HeaderField[] {
    const fields: HeaderField[] = [];
    for (let at = this.#indexOf(name); at >= 0; at = this.#indexOf(name, at + 1)) {
      const field = this.#fields[at];
      if (field !== undefined) fields.push(field);
    }
    return fields;
  }

  firstOf(id: number): HeaderField | undefined {
    for (const field of this.#fields) if (field.id === id) return field;
    return undefined;
  }

  /** The topmost value of a list header. */
  firstValueOf(id: number): string | undefined {
    const field = this.firstOf(id);
    if (field === undefined) return undefined;
    const value = fieldValue(field);
    return value.slice(0, valueEndAt(value, 0)).trim();
  }

  first(name: string): string | undefined {
    const field = this.#fields[this.#indexOf(name)];
    return field && fieldValue(field);
  }

  has(name: string): boolean {
    return this.#indexOf(name) >= 0;
  }

  values(name: string): readonly string[] {
    const isList = isListHeader(name);
    const values: string[] = [];
    for (const field of this.all(name)) {
      if (isList) splitList(fieldValue(field), values);
      else values.push(fieldValue(field));
    }
    return values;
  }

  set(name: string, value: string): void {
    const field = newField(name, value);
    const at = this.#indexOf(name);
    if (at < 0) {
      this.#fields.push(field);
      return;
    }
    this.#fields[at] = field;
    this.#removeFrom(name, at + 1);
  }

  prepend(name: string, value: string): void {
    this.#fields.splice(Math.max(0, this.#indexOf(name)), 0, newField(name, value));
  }

  append(name: string, value: string): void {
    this.#fields.push(newField(name, value));
  }

  remove(name: string): void {
    this.#removeFrom(name, 0);
  }

  removeFirstValue(name: string): string | undefined {
    const at = this.#indexOf(name);
    const field = this.#fields[at];
    if (field === undefined) return undefined;
    const value = fieldValue(field);
    const end = isListHeader(name) ? valueEndAt(value, 0) : value.length;
    if (end === value.length) this.#fields.splice(at, 1);
    else this.#fields[at] = fieldWithValue(field, value.slice(end + 1).trim());
    return value.slice(0, end).trim();
  }

  replaceFirstValue(name: string, replacement: string): void {
    const at = this.#indexOf(name);
    const field = this.#fields[at];
    if (field === undefined) {
      this.prepend(name, replacement);
      return;
    }
    const value = fieldValue(field);
    const end = isListHeader(name) ? valueEndAt(value, 0) : value.length;
    this.#fields[at] = fieldWithValue(field, replacement + value.slice(end));
  }

  /** The fields on the wire; neighbours of one text are copied as one slice. */
  write(): string {
    let written = '';
    let run: HeaderField | undefined;
    let end = 0;
    for (const field of this.#fields) {
      if (run !== undefined && field.text === run.text && field.start === end) {
        end = field.end;
        continue;
      }
      if (run !== undefined) written += run.text.slice(run.start, end);
      run = field;
      end = field.end;
    }
    return run === undefined ? written : written + run.text.slice(run.start, end);
  }

  #indexOf(name: string, from = 0): number {
    const id = headerIdOf(name);
    const lowerName = id === unknownHeader ? name.toLowerCase() : '';
    for (let at = from; at < this.#fields.length; at += 1) {
      const field = this.#fields[at];
      if (field?.id === id && (id !== unknownHeader || isNamed(field, lowerName))) return at;
    }
    return -1;
  }

  #removeFrom(name: string, from: number): void {
    for (let at = this.#indexOf(name, from); at >= 0; at = this.#indexOf(name, at)) this.#fields.splice(at, 1);
  }
}

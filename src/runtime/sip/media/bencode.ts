/** A value of bencode; texts are latin1, a character a byte. */
export type BencodeValue = string | number | readonly BencodeValue[] | { readonly [key: string]: BencodeValue };

export type BencodeDictionary = Readonly<Record<string, BencodeValue>>;

const deepest = 16;
const integerForm = /^(?:0|-?[1-9]\d{0,14})$/;
const lengthForm = /^(?:0|[1-9]\d{0,6})$/;

/** Writes a value; numbers have to be safe integers. The keys of dictionaries are sorted. */
export function encodeBencode(value: BencodeValue): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value === 'number') return `i${value}e`;
  if (isList(value)) return `l${value.map(encodeBencode).join('')}e`;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `d${entries.map(([key, one]) => encodeBencode(key) + encodeBencode(one)).join('')}e`;
}

/** Reads one value that fills the whole text; undefined when it is none, or nests deeper than 16. */
export function decodeBencode(text: string): BencodeValue | undefined {
  const reader = new Reader(text);
  const value = reader.value(0);
  return reader.isAtEnd ? value : undefined;
}

export function isDictionary(value: BencodeValue | undefined): value is BencodeDictionary {
  return typeof value === 'object' && !Array.isArray(value);
}

function isList(value: BencodeValue): value is readonly BencodeValue[] {
  return Array.isArray(value);
}

class Reader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#text.length;
  }

  value(depth: number): BencodeValue | undefined {
    if (depth > deepest) return undefined;
    const first = this.#text[this.#position];
    if (first === 'i') return this.#integer();
    if (first === 'l') return this.#list(depth);
    return first === 'd' ? this.#dictionary(depth) : this.#string();
  }

  #integer(): number | undefined {
    const digits = this.#upTo('e', this.#position + 1);
    return digits !== undefined && integerForm.test(digits) ? Number(digits) : undefined;
  }

  #string(): string | undefined {
    const digits = this.#upTo(':', this.#position);
    if (digits === undefined || !lengthForm.test(digits)) return undefined;
    const end = this.#position + Number(digits);
    if (end > this.#text.length) return undefined;
    const text = this.#text.slice(this.#position, end);
    this.#position = end;
    return text;
  }

  #list(depth: number): readonly BencodeValue[] | undefined {
    const values: BencodeValue[] = [];
    this.#position += 1;
    while (!this.#takesEnd()) {
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }

  #dictionary(depth: number): BencodeDictionary | undefined {
    const entries: (readonly [string, BencodeValue])[] = [];
    this.#position += 1;
    while (!this.#takesEnd()) {
      const key = this.#string();
      const value = key === undefined ? undefined : this.value(depth + 1);
      if (key === undefined || value === undefined) return undefined;
      entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  }

  #takesEnd(): boolean {
    if (this.#text[this.#position] !== 'e') return false;
    this.#position += 1;
    return true;
  }

  /** What stands from a place up to a mark, which is passed; lengths and integers have at most 16 characters. */
  #upTo(mark: string, start: number): string | undefined {
    const end = this.#text.slice(start, start + 17).indexOf(mark);
    if (end < 0) return undefined;
    this.#position = start + end + 1;
    return this.#text.slice(start, start + end);
  }
}

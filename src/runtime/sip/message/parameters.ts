import { equals, quote, semicolon, skipSpace } from './characters.js';
import { quotedEnd } from './list-value.js';

interface Parameter {
  /** Lower case. */
  readonly name: string;
  /** Without quotes; empty when there is none. */
  readonly value: string;
  /** Of `name[=value]`, without the semicolon. */
  readonly start: number;
  readonly end: number;
}

/** The parameters of a URI, Via or name-addr, in order; names in any case, the first of a name counts. */
export class Parameters {
  /** Where the first semicolon stands in the text that was read. */
  readonly start: number;
  readonly #parameters: readonly Parameter[];

  constructor(parameters: readonly Parameter[], start: number) {
    this.#parameters = parameters;
    this.start = start;
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** The value without quotes, empty for a parameter without one. */
  get(name: string): string | undefined {
    return this.find(name)?.value;
  }

  names(): readonly string[] {
    return this.#parameters.map(({ name }) => name);
  }

  find(name: string): Parameter | undefined {
    for (const parameter of this.#parameters) if (parameter.name === name) return parameter;
    return undefined;
  }
}

/** Reads `*( ; name [ = value ] )` up to the text's end; undefined when that is not what stands there. */
export function parseParameters(text: string, start: number): Parameters | undefined {
  const parameters: Parameter[] = [];
  let at = skipSpace(text, start);
  while (at < text.length) {
    if (text.charCodeAt(at) !== semicolon) return undefined;
    const parameter = parameterAt(text, skipSpace(text, at + 1));
    if (parameter === undefined) return undefined;
    parameters.push(parameter);
    at = skipSpace(text, parameter.end);
  }
  return new Parameters(parameters, start);
}

function parameterAt(text: string, start: number): Parameter | undefined {
  const nameEnd = wordEnd(text, start);
  if (nameEnd === start) return undefined;
  const name = text.slice(start, nameEnd).toLowerCase();
  const equalsAt = skipSpace(text, nameEnd);
  if (text.charCodeAt(equalsAt) !== equals) return { name, value: '', start, end: nameEnd };
  const valueStart = skipSpace(text, equalsAt + 1);
  if (text.charCodeAt(valueStart) === quote) {
    const end = quotedEnd(text, valueStart);
    return end < 0 ? undefined : { name, value: unquote(text.slice(valueStart, end)), start, end };
  }
  const end = valueWordEnd(text, valueStart);
  return end === valueStart ? undefined : { name, value: text.slice(valueStart, end), start, end };
}

/** Visible characters but separators of parameters and lists, and the equals sign. */
const word = /[^\x00-\x20\x7f",;<=>]*/y;
/** The same, and the equals sign, which tags in base64 end with. */
const valueWord = /[^\x00-\x20\x7f",;<>]*/y;

function wordEnd(text: string, start: number): number {
  word.lastIndex = start;
  word.test(text);
  return word.lastIndex;
}

function valueWordEnd(text: string, start: number): number {
  valueWord.lastIndex = start;
  valueWord.test(text);
  return valueWord.lastIndex;
}

/** What a quoted string says. */
export function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

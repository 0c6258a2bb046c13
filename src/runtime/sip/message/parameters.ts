import { equals, isNameAt, quote, runEnd, semicolon, skipSpace, visibleTableWithout } from './characters.js';
import { quotedEnd } from './list-value.js';

/** Where one parameter stands: `name[=value]`, without the semicolon. */
interface Parameter {
  readonly start: number;
  readonly nameEnd: number;
  /** Where there is no value, the end. */
  readonly valueStart: number;
  readonly end: number;
}

/** The parameters of a URI, Via or name-addr, in order; names in any case, the first of a name counts. */
export class Parameters {
  readonly #text: string;
  readonly #parameters: readonly Parameter[];

  constructor(text: string, parameters: readonly Parameter[]) {
    this.#text = text;
    this.#parameters = parameters;
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** The value without quotes, empty for a parameter without one. */
  get(name: string): string | undefined {
    const found = this.find(name);
    if (found === undefined) return undefined;
    const value = this.#text.slice(found.valueStart, found.end);
    return value.charCodeAt(0) === quote ? unquote(value) : value;
  }

  /** How often a name stands there. */
  countOf(name: string): number {
    let count = 0;
    for (const { start, nameEnd } of this.#parameters)
      if (nameEnd - start === name.length && isNameAt(this.#text, start, name)) count += 1;
    return count;
  }

  /** In lower case and in order. */
  names(): readonly string[] {
    return this.#parameters.map(({ start, nameEnd }) => this.#text.slice(start, nameEnd).toLowerCase());
  }

  /** Where a parameter stands in the text that was read. */
  find(name: string): Parameter | undefined {
    for (const parameter of this.#parameters)
      if (parameter.nameEnd - parameter.start === name.length && isNameAt(this.#text, parameter.start, name))
        return parameter;
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
  return new Parameters(text, parameters);
}

const nameTable = visibleTableWithout('",;<=>');
/** Tags in base64 end with equals signs. */
const valueTable = visibleTableWithout('",;<>');

function parameterAt(text: string, start: number): Parameter | undefined {
  const { length } = text;
  let nameEnd = start;
  while (nameEnd < length && nameTable[text.charCodeAt(nameEnd)] === 1) nameEnd += 1;
  if (nameEnd === start) return undefined;
  const equalsAt = skipSpace(text, nameEnd);
  if (equalsAt === length || text.charCodeAt(equalsAt) !== equals)
    return { start, nameEnd, valueStart: nameEnd, end: nameEnd };
  const valueStart = skipSpace(text, equalsAt + 1);
  if (valueStart === length) return undefined;
  const isQuoted = text.charCodeAt(valueStart) === quote;
  const end = isQuoted ? quotedEnd(text, valueStart) : runEnd(valueTable, text, valueStart);
  return end <= valueStart ? undefined : { start, nameEnd, valueStart, end };
}

/** What a quoted string says. */
export function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

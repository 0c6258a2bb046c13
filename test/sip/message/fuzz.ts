/** A repeatable source of choices: mulberry32. */
export class Choices {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 0 up to, not including, the bound. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }
}

/** Pieces that parsers of SIP stumble over. */
const dictionary = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  '\r\n ',
  ':',
  ';',
  ',',
  '"',
  '\\',
  '<',
  '>',
  '=',
  '@',
  '[',
  ']',
  '%00',
  '%',
  '\r\n\r\n',
  'Via: SIP/2.0/UDP a;branch=z9hG4bK',
  'v:',
  'l: 0',
  'Content-Length: 4294967296',
  'Content-Length: -1',
  'CSeq: 1 INVITE',
  'To: "',
  'f: <sip:a@b>;tag=',
  'i:',
  'SIP/2.0 200 OK',
  'SIP/2.0',
  'sip:',
  ';rport',
  ';received=[::1]',
  '255',
  '2147483648',
  '\u00ff',
  '\u0080',
  '\\\0',
  '"\\\0"',
  '00000000000000000001',
  '\x7f',
  'Max-Forwards: 256',
].map((text) => Buffer.from(text, 'latin1')); // prettier-ignore

function splice(bytes: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}

type Mutation = (bytes: Buffer, choices: Choices, other: Buffer) => Buffer;

const mutations: readonly Mutation[] = [
  (bytes, choices) => splice(bytes, choices.below(bytes.length + 1), 0, choices.of(dictionary)),
  (bytes, choices) => splice(bytes, choices.below(bytes.length + 1), 1, Buffer.from([choices.below(256)])),
  (bytes, choices) => splice(bytes, choices.below(bytes.length + 1), choices.below(20), Buffer.alloc(0)),
  (bytes, choices) => bytes.subarray(0, choices.below(bytes.length + 1)),
  (bytes, choices) => {
    const at = choices.below(bytes.length + 1);
    return splice(bytes, at, 0, bytes.subarray(at, at + choices.below(80)));
  },
  (bytes, choices, other) =>
    splice(bytes, choices.below(bytes.length + 1), 0, other.subarray(choices.below(other.length + 1))),
];

function mutate(bytes: Buffer, choices: Choices, corpus: readonly Buffer[]): Buffer {
  let mutated = bytes;
  for (let count = 1 + choices.below(4); count > 0; count -= 1)
    mutated = choices.of(mutations)(mutated, choices, choices.of(corpus)).subarray(0, 8_192);
  return mutated;
}

export interface Fuzzing {
  readonly seed: number;
  readonly runs: number;
  readonly corpus: readonly Buffer[];
  /** Throws when something that must always hold does not. */
  readonly check: (bytes: Buffer) => void;
}

export interface Finding {
  readonly bytes: Buffer;
  readonly error: unknown;
}

/** Gives the corpus itself and then changed pieces of it to a check; the first finding, made smaller, or undefined. */
export function fuzz({ seed, runs, corpus, check }: Fuzzing): Finding | undefined {
  const choices = new Choices(seed);
  for (let run = 0; run < runs + corpus.length; run += 1) {
    const bytes = corpus[run] ?? mutate(choices.of(corpus), choices, corpus);
    const error = failureOf(check, bytes);
    if (error !== undefined) return smallest(check, { bytes, error });
  }
  return undefined;
}

function failureOf(check: Fuzzing['check'], bytes: Buffer): unknown {
  try {
    check(bytes);
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown as an error');
  }
}

/** Takes pieces away, halves first, as long as the check fails. */
function smallest(check: Fuzzing['check'], found: Finding): Finding {
  let best = found;
  for (let size = found.bytes.length >> 1; size > 0; size >>= 1)
    for (let at = 0; at + size <= best.bytes.length; ) {
      const bytes = splice(best.bytes, at, size, Buffer.alloc(0));
      const error = failureOf(check, bytes);
      if (error === undefined) at += size;
      else best = { bytes, error };
    }
  return best;
}

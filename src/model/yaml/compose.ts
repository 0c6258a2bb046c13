import { Composer, type CST, type Document, Lexer, Parser, type YAMLError } from 'yaml';
import type { ProblemCode } from '../problem-codes.js';
import { faultAt, faultOf, type YamlFault } from './fault.js';
import type { YamlLimits } from './limits.js';

/** The trees behind a text, and what is wrong with the text outside of any of them. */
export interface Composition {
  /** Those with content, in their order. */
  readonly documents: readonly Document[];
  readonly faults: readonly YamlFault[];
}

/** Where a text was left because it asks for more than a limit. */
interface Excess {
  readonly code: ProblemCode;
  readonly message: string;
  readonly allowed: string;
  readonly offset: number;
}

class ExcessFound extends Error {
  constructor(readonly excess: Excess) {
    super(excess.message);
  }
}

function depthStep(lexeme: string): number {
  if (lexeme === '[' || lexeme === '{') return 1;
  return lexeme === ']' || lexeme === '}' ? -1 : 0;
}

/** Feeds a parser token by token, since each token of a hostile text may cost an error object or a level of recursion. */
function* tokensOf(text: string, limits: YamlLimits): Generator<CST.Token, void> {
  const parser = new Parser();
  let tokens = 0;
  let depth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1;
    depth = Math.max(0, depth + depthStep(lexeme));
    if (tokens > limits.tokens) throw new ExcessFound({ ...tooLong(limits), offset: parser.offset });
    if (depth > limits.depth) throw new ExcessFound({ ...tooDeep(limits), offset: parser.offset });
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

function tooLong({ tokens }: YamlLimits): Omit<Excess, 'offset'> {
  return { code: 'yaml.too-long', message: 'The file has too many parts', allowed: `at most ${tokens} YAML tokens` };
}

/** What is said of a document whose values are nested too deep. */
export function tooDeep({ depth }: YamlLimits): Omit<Excess, 'offset'> {
  return { code: 'yaml.too-deep', message: 'The document is nested too deep', allowed: `at most ${depth} levels` };
}

function isNothing({ contents, errors, warnings }: Document): boolean {
  if (errors.length > 0 || warnings.length > 0) return false;
  if (contents === null) return true;
  return (
    'source' in contents &&
    contents.source === '' &&
    contents.anchor === undefined &&
    contents.range?.[0] === contents.range?.[1]
  );
}

function faultsOfStream(errors: readonly YAMLError[], text: string): readonly YamlFault[] {
  return errors.slice(0, 20).map((error) => faultOf(error, text));
}

/**
 * Parses a text as YAML 1.2: merge keys on, no tags but those of JSON, duplicate keys left to the caller (the parser's own
 * check is quadratic). A text beyond the limits gives no documents and one fault.
 */
export function compose(text: string, limits: YamlLimits): Composition {
  const composer = new Composer({ uniqueKeys: false, merge: true, resolveKnownTags: false, logLevel: 'silent' });
  try {
    const documents: Document[] = [...composer.compose(tokensOf(text, limits))];
    const { errors, warnings } = composer.streamInfo();
    const stray = documents.length > 0 ? [] : faultsOfStream([...errors, ...warnings], text);
    return { documents: documents.filter((document) => !isNothing(document)), faults: stray };
  } catch (error) {
    if (!(error instanceof ExcessFound)) throw error;
    const { offset, ...excess } = error.excess;
    return { documents: [], faults: [faultAt(text, offset, offset + 1, excess)] };
  }
}

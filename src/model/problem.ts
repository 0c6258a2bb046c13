import type { ProblemCode } from './problem-codes.js';
import type { ResourceKey, SourceRef } from './snapshot.js';

/** An error keeps a cluster from being compiled; a warning only asks to be looked at. */
export type ProblemSeverity = 'error' | 'warning';

/** One thing that is wrong with a repository, told so that it can be mended without reading our source. */
export interface Problem {
  /** Stable over versions; its meaning stands in `problemDefinitions`. */
  readonly code: ProblemCode;
  readonly severity: ProblemSeverity;
  /** Path inside the source, with forward slashes. */
  readonly file: string;
  /** From 1; 1 when the problem is about the file as a whole. */
  readonly line: number;
  /** From 1, counted in UTF-16 code units. */
  readonly column: number;
  /** Just behind the last character, when the extent is known. */
  readonly endLine?: number;
  readonly endColumn?: number;
  /** JSON pointer inside the document. */
  readonly pointer: string;
  readonly message: string;
  /** What stands there; empty when nothing does. Never a secret. */
  readonly found: string;
  /** What may stand there; empty when nothing may. */
  readonly allowed: string;
  readonly mend: string;
  readonly resource?: ResourceKey;
  /** The cluster that is kept from being compiled; absent for a problem of no cluster. */
  readonly cluster?: string;
  /** The other places that take part, such as the first of two duplicates. */
  readonly related?: readonly SourceRef[];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Orders problems as a reader walks the repository: file, line, column, code, pointer, message. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.code, b.code) ||
    compareText(a.pointer, b.pointer) ||
    compareText(a.message, b.message)
  );
}

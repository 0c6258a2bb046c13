import type { ProblemCode } from '../../model/problem-codes.js';
import type { ProblemSeverity } from '../../model/problem.js';
import type { ResourceKey } from '../../model/snapshot.js';
import type { PlacedDocument, ReadFile } from './layout.js';
import type { SourceDocument } from './source-file.js';

/** A problem whose line and column are not known yet: it names a document and a pointer in it. */
export interface Finding {
  readonly file: ReadFile;
  readonly document: SourceDocument;
  readonly pointer: string;
  readonly at: 'key' | 'value';
  readonly code: ProblemCode;
  readonly message: string;
  readonly found: string;
  readonly allowed: string;
  /** That of the code when it is not given. */
  readonly mend?: string;
  readonly severity?: ProblemSeverity;
  readonly resource?: ResourceKey;
  /** Other documents that take part. */
  readonly related?: readonly PlacedDocument[];
}

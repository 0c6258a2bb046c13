import type { ProblemCode } from './problem-codes.js';

/** One thing about a document that its schema does not allow. */
export interface SchemaProblem {
  readonly code: ProblemCode;
  /** JSON pointer of the field that is wrong; of the field around it when one is missing. */
  readonly pointer: string;
  /** Whether the name of the field is wrong (or what is missing below it), or its value. */
  readonly at: 'key' | 'value';
  /** The keyword of JSON Schema that was not met. */
  readonly keyword: string;
  /** A sentence without a full stop that names field, value and limit. */
  readonly message: string;
  /** Empty when nothing stands there. Never a secret. */
  readonly found: string;
  /** Empty when nothing is allowed. */
  readonly allowed: string;
  readonly mend: string;
}

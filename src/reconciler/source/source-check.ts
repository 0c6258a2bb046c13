import type { Problem } from '../../model/problem.js';

/** What the check of a source found. */
export interface SourceCheck {
  readonly problems: readonly Problem[];
  /** The clusters without an error, in the order of their names. */
  readonly clusters: readonly { readonly name: string; readonly resources: number }[];
  /** As in `CompileResult`. */
  readonly refused: readonly string[];
  readonly files: number;
}

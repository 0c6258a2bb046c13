/** What every command of `fairlead` ends with; the numbers are a promise to scripts and never change their meaning. */
export const exitCodes = {
  /** There was nothing to do, or it is done. */
  done: 0,
  /** Something failed that none of the codes below names. */
  error: 1,
  /** A plan has changes. */
  changes: 2,
  /** What was planned is no longer what would be done; nothing was changed. */
  stale: 3,
  /** The repository is invalid; nothing was planned. */
  invalid: 4,
  /** A guard refused the plan; nothing was changed. */
  refused: 5,
  /** It was applied, did harm, and was rolled back. */
  rolledBack: 6,
  /** The nodes are in more than one state: somebody has to look. */
  partial: 7,
  /** The command line is not valid (EX_USAGE of sysexits.h). */
  usage: 64,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

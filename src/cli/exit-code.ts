import { CommanderError } from 'commander';
import { FairleadError } from '../errors.js';
import type { ErrorCode } from '../errors.js';

const usage = 64;

const codes: Partial<Readonly<Record<ErrorCode, number>>> = {
  'plan.stale': 3,
  'compile.invalid': 4,
  'source.refused': 4,
  'source.empty': 4,
  'plan.blocked': 5,
  'apply.probe-failed': 6,
  'apply.deadline': 6,
  'apply.partial': 7,
  'cli.usage': usage,
};

/** The exit code for a thrown value: the table stands in `docs/adr/0015-exit-codes.md`. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : usage;
  if (thrown instanceof FairleadError) return codes[thrown.code] ?? 1;
  return 1;
}

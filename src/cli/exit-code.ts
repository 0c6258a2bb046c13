import { CommanderError } from 'commander';
import { FairleadError } from '../errors.js';
import type { ErrorCode } from '../errors.js';
import { exitCodes } from '../reconciler/exit-codes.js';
import type { ExitCode } from '../reconciler/exit-codes.js';
import { Interruption } from './interruption.js';

const codes: Partial<Readonly<Record<ErrorCode, ExitCode>>> = {
  'plan.stale': exitCodes.stale,
  'compile.invalid': exitCodes.invalid,
  'source.refused': exitCodes.invalid,
  'source.empty': exitCodes.invalid,
  'plan.blocked': exitCodes.refused,
  'plan.suspended': exitCodes.refused,
  'plan.window-closed': exitCodes.refused,
  'guard.too-many-deletes': exitCodes.refused,
  'guard.too-many-updates': exitCodes.refused,
  'guard.empty': exitCodes.refused,
  'guard.last-server': exitCodes.refused,
  'guard.last-serving': exitCodes.refused,
  'apply.probe-failed': exitCodes.rolledBack,
  'apply.deadline': exitCodes.rolledBack,
  'apply.interrupted': exitCodes.rolledBack,
  'apply.partial': exitCodes.partial,
  'cli.usage': exitCodes.usage,
};

/** The exit code for a thrown value: the table stands in `docs/adr/0015-exit-codes.md`; 128 and its number for a signal. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (thrown instanceof Interruption) return thrown.exitCode;
  if (thrown instanceof FairleadError) return codes[thrown.code] ?? exitCodes.error;
  return exitCodes.error;
}

const meanings: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'nothing to do, or done',
  [exitCodes.error]: 'error',
  [exitCodes.changes]: 'there are changes',
  [exitCodes.stale]: 'the plan is stale: nothing was changed',
  [exitCodes.invalid]: 'the repository is invalid',
  [exitCodes.refused]: 'refused by a guard: nothing was changed',
  [exitCodes.rolledBack]: 'it did harm and was rolled back',
  [exitCodes.partial]: 'partial: the nodes are in more than one state',
  [exitCodes.usage]: 'wrong usage',
};

/** What an exit code says, in a few words. */
export function exitCodeMeaning(code: ExitCode): string {
  return meanings[code];
}

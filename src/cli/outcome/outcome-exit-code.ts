import { exitCodes } from '../../reconciler/exit-codes.js';
import type { OnceResult } from '../../reconciler/once.js';
import type { PassOutcome } from '../../reconciler/pass-outcome.js';
import { exitCodeOf } from '../exit-code.js';
import type { Io } from '../io.js';

function codeOf(outcome: PassOutcome): number {
  switch (outcome.state) {
    case 'nothing':
    case 'applied':
      return exitCodes.done;
    case 'planned':
      return exitCodes.changes;
    case 'blocked':
      return exitCodes.refused;
    case 'invalid':
      return exitCodes.invalid;
    case 'rolled-back':
      return exitCodes.rolledBack;
    case 'partial':
      return exitCodes.partial;
    case 'error':
      return exitCodeOf(outcome.error);
  }
}

/** What an operator must hear of first stands first. */
const worstFirst: readonly number[] = [
  exitCodes.partial,
  exitCodes.rolledBack,
  exitCodes.stale,
  exitCodes.error,
  exitCodes.invalid,
  exitCodes.refused,
  exitCodes.changes,
];

/** Ends the command with the exit code of the worst outcome; one that was interrupted is never content. */
export function endWith(io: Pick<Io, 'signal' | 'setExitCode'>, { outcomes }: OnceResult): void {
  const codes = new Set([...outcomes.values()].map(codeOf));
  const worst = worstFirst.find((code) => codes.has(code)) ?? exitCodes.done;
  if (worst === exitCodes.done || worst === exitCodes.changes) io.signal.throwIfAborted();
  io.setExitCode(worst);
}

import { exitCodes } from '../../reconciler/exit-codes.js';
import type { PassOutcome } from '../../reconciler/pass-outcome.js';
import { exitCodeOf } from '../exit-code.js';

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

/** The exit code for the outcomes of several clusters: that of the worst. */
export function exitCodeOfOutcomes(outcomes: Iterable<PassOutcome>): number {
  const codes = new Set([...outcomes].map(codeOf));
  return worstFirst.find((code) => codes.has(code)) ?? exitCodes.done;
}

import type { PassOutcome } from '../../reconciler/pass-outcome.js';
import { styleFor } from '../io.js';
import type { Io } from '../io.js';
import { outcomeText } from './outcome-text.js';

/** Prints what came of every cluster, for people: what failed before there was a plan goes to standard error. */
export function printOutcomes(io: Io, outcomes: ReadonlyMap<string, PassOutcome>): void {
  const texts: string[] = [];
  for (const [cluster, outcome] of outcomes) {
    if (outcome.state === 'error') io.err(outcomeText(cluster, outcome, styleFor(io, 'err')));
    else texts.push(outcomeText(cluster, outcome, styleFor(io, 'out')));
  }
  io.out(texts.join('\n'));
}

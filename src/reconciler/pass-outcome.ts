import type { FairleadError } from '../errors.js';
import type { CommitInfo, Plan } from '../model/plan.js';
import type { Problem } from '../model/problem.js';
import type { Observation } from './driver/driver.js';
import type { NodeOutcome } from './rollout/settlement.js';

/** What a pass saw before it decided. */
export interface Findings {
  readonly commit: CommitInfo;
  readonly observation: Observation;
  readonly plan: Plan;
}

/** How a pass of one cluster ended. */
export type PassOutcome = (
  | {
      /** `nothing` to do, `planned` only, or `blocked` by a guard. */
      readonly state: 'nothing' | 'planned' | 'blocked';
      readonly findings: Findings;
    }
  | { readonly state: 'applied'; readonly findings: Findings; readonly nodes: readonly NodeOutcome[] }
  | {
      /** `rolled-back` also for a plan that failed before and is not tried again yet. */
      readonly state: 'rolled-back' | 'partial' | 'error';
      readonly error: FairleadError;
      readonly findings?: Findings;
      readonly nodes?: readonly NodeOutcome[];
    }
  | { readonly state: 'invalid'; readonly commit: CommitInfo; readonly problems: readonly Problem[] }
) & {
  /** What was done to keep the last good revision in place, while the newest one cannot be applied. */
  readonly kept?: PassOutcome;
};

/** The error behind an outcome, when there is one. */
export function errorOf(outcome: PassOutcome): FairleadError | undefined {
  return 'error' in outcome ? outcome.error : undefined;
}

/** What the pass saw last: of the kept revision when the newest one could not be planned. */
export function findingsOf(outcome: PassOutcome): Findings | undefined {
  const own = 'findings' in outcome ? outcome.findings : undefined;
  return (outcome.kept === undefined ? undefined : findingsOf(outcome.kept)) ?? own;
}

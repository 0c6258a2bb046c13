import type { RolloutPolicy } from '../../model/generated/kinds.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { Driver } from '../driver/driver.js';
import type { RolloutJournal } from './rollout-journal.js';

/** How many nodes are asked at the same time. */
export const nodesAtOnce = 16;

/** What every step of a rollout works with. */
export interface RolloutContext {
  readonly driver: Driver;
  readonly journal: RolloutJournal;
  readonly policy: RolloutPolicy;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the program stops: what is not decided yet is rolled back. */
  readonly stop: AbortSignal;
  /** Aborts when the program stops or a newer revision is there: what fails is not tried again. */
  readonly hurry: AbortSignal;
}

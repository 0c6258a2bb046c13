import type { Clock } from '../../src/platform/clock.js';
import { systemClock } from '../../src/platform/clock.js';
import { silentLog } from '../../src/platform/log.js';
import { ClusterStanding } from '../../src/runtime/cluster-standing.js';
import type { Laggard } from '../../src/runtime/link-port.js';
import { DrainSwitch } from './maintenance/drain-switch.js';

export const catchUpSeconds = 60;

export interface StandingOptions {
  readonly clock?: Clock;
  readonly laggards?: readonly Laggard[];
  readonly drain?: DrainSwitch;
}

/** The standing of a node that keeps nothing on disk. */
export function newStanding(
  node: string,
  { clock = systemClock, laggards = [], drain = new DrainSwitch() }: StandingOptions = {},
): ClusterStanding {
  return new ClusterStanding({
    ...{ node, catchUpSeconds, laggards, confirmed: undefined, clock, drain, log: silentLog },
    save: () => Promise.resolve(),
  });
}

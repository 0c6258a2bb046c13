import type { Clock } from '../../src/platform/clock.js';
import { systemClock } from '../../src/platform/clock.js';
import { silentLog } from '../../src/platform/log.js';
import { ClusterStanding } from '../../src/runtime/cluster-standing.js';
import type { Laggard } from '../../src/runtime/link-port.js';

export const catchUpSeconds = 60;

/** The standing of a node that keeps nothing on disk. */
export function newStanding(
  node: string,
  { clock = systemClock, laggards = [] }: { readonly clock?: Clock; readonly laggards?: readonly Laggard[] } = {},
): ClusterStanding {
  return new ClusterStanding({
    ...{ node, catchUpSeconds, laggards, confirmed: undefined, clock, log: silentLog },
    save: () => Promise.resolve(),
  });
}

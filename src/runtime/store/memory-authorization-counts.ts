import type { Clock } from '../../platform/clock.js';
import { newBoundedMap } from './bounded-map.js';
import type { AuthorizationCounts, AuthorizationLimit, Taking } from './traffic-store.js';

/** Counts of one core, which also hold what was granted elsewhere. */
export interface MemoryAuthorizationCounts extends AuthorizationCounts {
  /** Counts one authorization whatever the limit; the function uncounts it. */
  note(subject: string): () => void;
}

/** Users whose stamps are kept; the one that was not seen for longest makes room. */
const maximumUsers = 50_000;
/** The highest `maximumAuthorizationsPerPeriod`: older stamps can never matter, whatever the numbers become. */
const maximumStamps = 100;

/**
 * Sliding windows in memory: the monotonic times of each user's last authorizations, oldest first. All stamps that any
 * permitted limit could look at are kept, so new numbers see exactly what happened. A user who is forgotten
 * because 50,000 others came since starts anew: whoever wants a fresh count that way has to present that many user ids.
 */
export function newMemoryAuthorizationCounts(clock: Clock): MemoryAuthorizationCounts {
  const users = newBoundedMap<number[]>(maximumUsers);

  function stampsOf(subject: string): number[] {
    const before = users.get(subject);
    if (before !== undefined) return before;
    const stamps: number[] = [];
    users.set(subject, stamps);
    return stamps;
  }

  return {
    take: (subject, limit) => Promise.resolve(takeFrom(stampsOf(subject), limit, clock.monotonicMs())),
    note: (subject) => add(stampsOf(subject), clock.monotonicMs()),
  };
}

function add(stamps: number[], stamp: number): () => void {
  stamps.push(stamp);
  if (stamps.length > maximumStamps) stamps.shift();
  return () => remove(stamps, stamp);
}

function takeFrom(stamps: number[], { maximum, periodMs }: AuthorizationLimit, nowMs: number): Taking {
  // The stamp that is `maximum` back has to leave the window before one more fits in.
  const blocking = stamps.at(-maximum);
  if (blocking !== undefined && stamps.length >= maximum && blocking > nowMs - periodMs) {
    return { granted: false, retryAfterMs: blocking + periodMs - nowMs };
  }
  const giveBack = add(stamps, nowMs);
  return {
    granted: true,
    giveBack: () => {
      giveBack();
      return Promise.resolve();
    },
  };
}

function remove(stamps: number[], stamp: number): void {
  const index = stamps.lastIndexOf(stamp);
  if (index >= 0) stamps.splice(index, 1);
}

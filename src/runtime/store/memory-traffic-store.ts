import type { Clock } from '../../platform/clock.js';
import { newBoundedMap } from './bounded-map.js';
import { newMemoryAuthorizationCounts } from './memory-authorization-counts.js';
import { newMemoryRevocations } from './memory-revocations.js';
import type { LiveUsers, TrafficStore } from './traffic-store.js';

const maximumUsers = 100_000;

/** Live users in memory; beyond 100,000 the count is that of those seen last. */
export function newMemoryLiveUsers(clock: Clock): LiveUsers {
  const expiries = newBoundedMap<number>(maximumUsers);
  return {
    seen: (subject, expiresAtMs) => expiries.set(subject, Math.max(expiresAtMs, expiries.peek(subject) ?? 0)),
    count() {
      const nowMs = clock.nowMs();
      for (const [subject, expiresAtMs] of [...expiries.entries()]) {
        if (expiresAtMs <= nowMs) expiries.delete(subject);
      }
      return expiries.size;
    },
  };
}

/** The traffic store of a node that shares nothing with others. */
export function newMemoryTrafficStore(clock: Clock): TrafficStore {
  return {
    authorizations: newMemoryAuthorizationCounts(clock),
    revocations: newMemoryRevocations(clock),
    liveUsers: newMemoryLiveUsers(clock),
  };
}

import type { Clock } from '../../platform/clock.js';
import { newBoundedMap } from './bounded-map.js';
import { newMemoryAuthorizationCounts } from './memory-authorization-counts.js';
import type { LiveUsers, Revocations, TrafficStore } from './traffic-store.js';

const maximumUsers = 100_000;

/**
 * Revocations in memory. After a restart, or when 100,000 other users were revoked since, a revocation is forgotten;
 * a token from before it then lives until one refresh interval after the UC server's word, as every token does at most.
 */
function newMemoryRevocations(clock: Clock): Revocations {
  const epochs = newBoundedMap<number>(maximumUsers);
  return {
    get size() {
      return epochs.size;
    },
    epochOf: (subject) => epochs.peek(subject) ?? 0,
    revoke(subject) {
      const epoch = Math.max(clock.nowMs(), (epochs.peek(subject) ?? 0) + 1);
      epochs.set(subject, epoch);
      return epoch;
    },
  };
}

/** Live users in memory; beyond 100,000 the count is that of those seen last. */
function newMemoryLiveUsers(clock: Clock): LiveUsers {
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

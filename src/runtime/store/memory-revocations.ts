import type { Clock } from '../../platform/clock.js';
import { newBoundedMap } from './bounded-map.js';
import type { Revocation, Revocations } from './traffic-store.js';

const maximumUsers = 100_000;

/** Revocations as a core keeps them, with what others have to know of them. */
export interface MemoryRevocations extends Revocations {
  /** Takes in what another core revoked. */
  learn(revocation: Revocation): void;
  onRevoked(listener: (revocation: Revocation) => void): void;
  all(): Iterable<Revocation>;
}

/**
 * Revocations in memory. After a restart, or when 100,000 other users were revoked since, a revocation is forgotten;
 * a token from before it then lives until one refresh interval after the UC server's word, as every token does at most.
 */
export function newMemoryRevocations(clock: Clock): MemoryRevocations {
  const epochs = newBoundedMap<number>(maximumUsers);
  const tellRevoked: ((revocation: Revocation) => void)[] = [];
  const tellLearned: ((subject: string) => void)[] = [];
  return {
    get size() {
      return epochs.size;
    },
    epochOf: (subject) => epochs.peek(subject) ?? 0,
    revoke(subject) {
      const epochMs = Math.max(clock.nowMs(), (epochs.peek(subject) ?? 0) + 1);
      epochs.set(subject, epochMs);
      for (const tell of tellRevoked) tell({ subject, epochMs });
      return epochMs;
    },
    learn({ subject, epochMs }) {
      if (epochMs <= (epochs.peek(subject) ?? 0)) return;
      epochs.set(subject, epochMs);
      for (const tell of tellLearned) tell(subject);
    },
    onRevoked: (listener) => void tellRevoked.push(listener),
    onLearned: (listener) => void tellLearned.push(listener),
    *all() {
      for (const [subject, epochMs] of epochs.entries()) yield { subject, epochMs };
    },
  };
}

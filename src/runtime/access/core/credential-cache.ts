import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../platform/clock.js';
import { newBoundedMap } from '../../store/bounded-map.js';
import type { BasicCredentials } from '../basic-credentials.js';
import type { UserProfile } from './uds-sign-in.js';

/** Users whose credentials are remembered; the one that was not used for longest makes room. */
const maximumEntries = 50_000;

/** A UC server's word that a user's credentials are right. */
export interface CachedWord {
  readonly mac: Buffer;
  /** Wall clock, for the tokens that rest on it. */
  readonly verifiedAtMs: number;
  /** Monotonic clock, for its own life, so that setting the clock back prolongs nothing. */
  readonly verifiedMonotonicMs: number;
  /** Its longest life, as it was when it came. */
  readonly lifeMs: number;
  readonly profile: UserProfile;
}

/** How presented credentials stand to the remembered ones; an expired entry counts as none. */
export type CacheReading =
  | { readonly state: 'match'; readonly word: CachedWord }
  | { readonly state: 'mismatch' | 'absent' };

/**
 * Credentials that a UC server accepted, as HMAC-SHA-256 under a key that lives and dies with this object. A refusal is
 * never remembered. An entry lives one refresh interval from the word on; a shorter interval holds at once, a longer
 * one prolongs nothing.
 */
export interface CredentialCache {
  readonly size: number;
  read(credentials: BasicCredentials, refreshIntervalMs: number): CacheReading;
  /** Tells whether these credentials are the remembered ones, also after the entry expired. */
  remembers(credentials: BasicCredentials): boolean;
  /** `askedAtMs` are the clocks' times before the UC server was asked, so that the word is never taken for younger than it is. */
  put(credentials: BasicCredentials, profile: UserProfile, asked: AskedAt, lifeMs: number): CachedWord;
  profileOf(subject: string): UserProfile | undefined;
  forget(subject: string): void;
  /** Removes expired entries, and those only. */
  removeExpired(refreshIntervalMs: number): void;
  /** A name for these credentials that gives nothing away, to find equal presentations by. */
  fingerprint(credentials: BasicCredentials): string;
}

export interface AskedAt {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export function newCredentialCache(clock: Clock): CredentialCache {
  const key = randomBytes(32);
  const entries = newBoundedMap<CachedWord>(maximumEntries);

  function macOf({ subject, password }: BasicCredentials): Buffer {
    return createHmac('sha256', key).update(subject).update(password).digest();
  }

  function isLive({ verifiedMonotonicMs, lifeMs }: CachedWord, refreshIntervalMs: number): boolean {
    return clock.monotonicMs() < verifiedMonotonicMs + Math.min(lifeMs, refreshIntervalMs);
  }

  return {
    get size() {
      return entries.size;
    },
    read(credentials, refreshIntervalMs) {
      const word = entries.get(credentials.subject);
      if (word === undefined || !isLive(word, refreshIntervalMs)) return { state: 'absent' };
      return timingSafeEqual(word.mac, macOf(credentials)) ? { state: 'match', word } : { state: 'mismatch' };
    },
    remembers(credentials) {
      const word = entries.peek(credentials.subject);
      return word !== undefined && timingSafeEqual(word.mac, macOf(credentials));
    },
    put(credentials, profile, asked, lifeMs) {
      const mac = macOf(credentials);
      const word = { mac, profile, lifeMs, verifiedAtMs: asked.wallMs, verifiedMonotonicMs: asked.monotonicMs };
      entries.set(credentials.subject, word);
      return word;
    },
    profileOf: (subject) => entries.peek(subject)?.profile,
    forget: (subject) => void entries.delete(subject),
    removeExpired(refreshIntervalMs) {
      for (const [subject, word] of [...entries.entries()]) {
        if (!isLive(word, refreshIntervalMs)) entries.delete(subject);
      }
    },
    fingerprint: (credentials) => macOf(credentials).toString('base64'),
  };
}

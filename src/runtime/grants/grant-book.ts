import type { Clock } from '../../platform/clock.js';
import { newBoundedMap } from '../store/bounded-map.js';
import type { StatementVerifier } from '../statement-keys.js';
import { grantName } from './device-grant.js';
import { openGrant } from './grant-keys.js';

const mostUsers = 100_000;
const mostNamesKept = 400_000;

/** The grants that an edge has heard of, by user and by device. */
export interface GrantBook {
  readonly size: number;
  /** Keeps a grant, unless it is not good or a younger one of the user is kept; false when it is not good. */
  put(text: string): boolean;
  /** Drops the grant of a user. */
  revoke(subject: string): void;
  /** The grant that names a device or a user id, while it is good; undefined when it does not name `another` too. */
  find(name: string, another?: string): string | undefined;
  /** The grants that are still good. */
  all(): readonly string[];
}

interface Kept {
  readonly subject: string;
  readonly text: string;
  readonly names: readonly string[];
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

class MemoryGrantBook implements GrantBook {
  readonly #verifier: StatementVerifier;
  readonly #clock: Clock;
  readonly #bySubject = newBoundedMap<Kept>(mostUsers);
  readonly #byName = newBoundedMap<Kept>(mostNamesKept);

  constructor(verifier: StatementVerifier, clock: Clock) {
    this.#verifier = verifier;
    this.#clock = clock;
  }

  get size(): number {
    return this.#bySubject.size;
  }

  put(text: string): boolean {
    const grant = openGrant(text, this.#verifier, this.#clock.nowMs());
    if (grant === undefined) return false;
    const { subject, names, issuedAtMs, expiresAtMs } = grant;
    const before = this.#bySubject.peek(subject);
    if (before !== undefined && before.issuedAtMs > issuedAtMs) return true;
    if (before !== undefined) this.#drop(before);
    const kept = { subject, text, names, issuedAtMs, expiresAtMs };
    this.#bySubject.set(subject, kept);
    for (const name of names) this.#byName.set(name, kept);
    return true;
  }

  revoke(subject: string): void {
    const kept = this.#bySubject.peek(subject);
    if (kept !== undefined) this.#drop(kept);
  }

  find(name: string, another = name): string | undefined {
    const kept = this.#byName.get(grantName(name) ?? '');
    if (kept === undefined) return undefined;
    if (kept.expiresAtMs <= this.#clock.nowMs()) {
      this.#drop(kept);
      return undefined;
    }
    return another === name || kept.names.includes(grantName(another) ?? '') ? kept.text : undefined;
  }

  all(): readonly string[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#bySubject.entries()].flatMap(([, { text, expiresAtMs }]) => (expiresAtMs > nowMs ? text : []));
  }

  #drop(kept: Kept): void {
    if (this.#bySubject.peek(kept.subject) === kept) this.#bySubject.delete(kept.subject);
    for (const name of kept.names) {
      if (this.#byName.peek(name) === kept) this.#byName.delete(name);
    }
  }
}

/** A book in memory; beyond 100,000 users those whose devices were asked for least recently are forgotten. */
export function newGrantBook(verifier: StatementVerifier, clock: Clock): GrantBook {
  return new MemoryGrantBook(verifier, clock);
}

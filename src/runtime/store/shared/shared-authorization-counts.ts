import type { Clock } from '../../../platform/clock.js';
import { newMemoryAuthorizationCounts } from '../memory-authorization-counts.js';
import type { AuthorizationCounts, AuthorizationLimit, Taking } from '../traffic-store.js';
import { catchUpScript, giveBackScript, takeScript } from './authorization-scripts.js';
import { itemsOf } from './reply-items.js';
import type { StoreRequest, StoreSession } from './store-session.js';

export interface SharedAuthorizationCountsParts {
  readonly clock: Clock;
  /** Undefined without a store. */
  readonly session: () => StoreSession | undefined;
  /** Of all keys of the cluster. */
  readonly prefix: string;
}

/** Authorizations that the store has not heard of yet; beyond, the oldest are never told. */
const mostUntold = 10_000;
const mostPerUser = 100;

/** An authorization that this core granted. */
interface Granted {
  readonly subject: string;
  readonly atMs: number;
  /** Uncounts it in this core's memory. */
  readonly forget: () => void;
  /** What the store knows it by. */
  stamp?: string;
  isGivenBack: boolean;
}

type Verdict = { readonly stamp: string } | { readonly retryAfterMs: number };

function readVerdict(answer: unknown): Verdict | undefined {
  const [isGranted, value] = itemsOf(answer);
  if (isGranted === 1 && typeof value === 'string') return { stamp: value };
  if (isGranted === 0 && typeof value === 'number' && value > 0) return { retryAfterMs: value };
  return undefined;
}

/**
 * One sliding window per user over all cores, kept by the store. Memory counts along: when the store has no answer in 50 ms
 * this core decides by what it granted itself, and tells the store when it is back.
 */
export class SharedAuthorizationCounts implements AuthorizationCounts {
  readonly #parts: SharedAuthorizationCountsParts;
  readonly #memory;
  #untold: Granted[] = [];

  constructor(parts: SharedAuthorizationCountsParts) {
    this.#parts = parts;
    this.#memory = newMemoryAuthorizationCounts(parts.clock);
  }

  async take(subject: string, limit: AuthorizationLimit): Promise<Taking> {
    const parts = [limit.maximum, limit.periodMs];
    const question = { script: takeScript, keys: [this.#key(subject)], parts, read: readVerdict };
    const request = this.#parts.session()?.ask(question);
    const verdict = await request?.inTime.catch(() => undefined);
    if (verdict === undefined) return await this.#takeAlone(subject, limit, request);
    if (!('stamp' in verdict)) return { granted: false, ...verdict };
    return this.#taking({ ...this.#newGrant(subject, this.#memory.note(subject)), ...verdict });
  }

  /** Tells the store what was granted without it. */
  async onUp(session: StoreSession): Promise<void> {
    const bySubject = new Map<string, Granted[]>();
    for (const one of this.#untold.filter(({ isGivenBack }) => !isGivenBack)) {
      bySubject.set(one.subject, [...(bySubject.get(one.subject) ?? []), one].slice(-mostPerUser));
    }
    this.#untold = [];
    for (const [subject, granted] of bySubject) {
      if (!(await this.#tell(session, subject, granted))) this.#keepUntold(granted);
    }
  }

  async #tell(session: StoreSession, subject: string, granted: readonly Granted[]): Promise<boolean> {
    const nowMs = this.#parts.clock.monotonicMs();
    const parts = granted.map(({ atMs }) => Math.max(0, Math.trunc(nowMs - atMs)));
    const read = (answer: unknown) => (Array.isArray(answer) ? answer.map(String) : undefined);
    const request = session.ask({ script: catchUpScript, keys: [this.#key(subject)], parts, read });
    const stamps = await request?.inTime.catch(() => undefined);
    if (stamps === undefined) return false;
    for (const [index, one] of granted.entries()) this.#learnStamp(one, stamps[index] ?? '');
    return true;
  }

  async #takeAlone(subject: string, limit: AuthorizationLimit, request?: StoreRequest<Verdict>): Promise<Taking> {
    const taking = await this.#memory.take(subject, limit);
    if (!taking.granted) {
      request?.late.then((verdict) => this.#undo(subject, verdict)).catch(() => undefined);
      return taking;
    }
    const granted = this.#newGrant(subject, () => void taking.giveBack());
    if (request === undefined) this.#keepUntold([granted]);
    else this.#settleLate(granted, request);
    return this.#taking(granted);
  }

  /** The store may have counted it all the same, without this core having heard of it. */
  #settleLate(granted: Granted, { late }: StoreRequest<Verdict>): void {
    late.then(
      (verdict) => {
        if ('stamp' in verdict) this.#learnStamp(granted, verdict.stamp);
      },
      () => this.#keepUntold([granted]),
    );
  }

  /** Gives back what the store counted for a user whom this core refused meanwhile. */
  #undo(subject: string, verdict: Verdict): void {
    if ('stamp' in verdict) void this.#giveBack(subject, verdict.stamp);
  }

  #learnStamp(granted: Granted, stamp: string): void {
    granted.stamp = stamp;
    if (granted.isGivenBack) void this.#giveBack(granted.subject, stamp);
  }

  #keepUntold(granted: readonly Granted[]): void {
    if (this.#parts.session() === undefined) return;
    this.#untold.push(...granted);
    if (this.#untold.length > mostUntold) this.#untold.splice(0, this.#untold.length - mostUntold);
  }

  #newGrant(subject: string, forget: () => void): Granted {
    return { subject, atMs: this.#parts.clock.monotonicMs(), forget, isGivenBack: false };
  }

  #taking(granted: Granted): Taking {
    return {
      granted: true,
      giveBack: () => {
        granted.isGivenBack = true;
        granted.forget();
        return granted.stamp === undefined ? Promise.resolve() : this.#giveBack(granted.subject, granted.stamp);
      },
    };
  }

  async #giveBack(subject: string, stamp: string): Promise<void> {
    const read = (answer: unknown) => (typeof answer === 'number' ? answer : undefined);
    const question = { script: giveBackScript, keys: [this.#key(subject)], parts: [stamp], read };
    const request = this.#parts.session()?.ask(question);
    await request?.inTime.catch(() => undefined);
  }

  #key(subject: string): string {
    return `${this.#parts.prefix}authorizations:${subject}`;
  }
}

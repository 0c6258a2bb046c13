import type { Clock } from '../platform/clock.js';
import type { Participant, Prepared } from './participant.js';
import { prepareAll } from './preparation.js';
import type { ConfirmedRevision, PendingRevision, Revision } from './revision.js';

/** Told before each step whose interruption must be survivable; a crash test ends the process there. */
export type Checkpoint = (point: string) => void;

/** Makes a switch survive a restart; nothing is switched when it rejects. */
type Persist = () => Promise<void>;

interface Staged<R extends Revision> {
  readonly revision: R;
  readonly prepared: Prepared;
}

const prepareLimitMs = 30_000;

/**
 * What serves on a node and what it can go back to. The confirmed revision stays prepared while a pending one serves, so
 * going back is one synchronous step that needs nothing from outside the node. Its methods are called one at a time.
 */
export class Stage {
  #confirmed: Staged<ConfirmedRevision> | undefined;
  #pending: PendingRevision | undefined;
  /** Absent while the pending revision waits without serving. */
  #preparedPending: Prepared | undefined;
  readonly #releases = new Set<Promise<void>>();

  constructor(
    private readonly participants: readonly Participant[],
    private readonly clock: Clock,
    private readonly checkpoint: Checkpoint,
  ) {}

  get confirmed(): ConfirmedRevision {
    if (this.#confirmed === undefined) throw new TypeError('nothing is staged yet');
    return this.#confirmed.revision;
  }

  get pending(): PendingRevision | undefined {
    return this.#pending;
  }

  get serving(): Revision {
    return this.#pending !== undefined && this.#preparedPending !== undefined ? this.#pending : this.confirmed;
  }

  /** Makes a revision the confirmed one at once. @throws FairleadError `apply.prepare-failed`, `node.storage`; nothing changed then. */
  async replace(revision: ConfirmedRevision, persist: Persist): Promise<void> {
    const prepared = await this.#prepare(revision);
    await this.#switchTo(prepared, persist);
    this.#release(this.#confirmed?.prepared);
    this.#confirmed = { revision, prepared };
  }

  /** Lets a revision serve beside the confirmed one. @throws FairleadError `apply.prepare-failed`, `node.storage`; nothing changed then. */
  async begin(revision: PendingRevision, persist: Persist): Promise<void> {
    const prepared = await this.#prepare(revision);
    await this.#switchTo(prepared, persist);
    this.#pending = revision;
    this.#preparedPending = prepared;
  }

  /** Remembers a pending revision that does not serve. */
  hold(revision: PendingRevision): void {
    this.#pending = revision;
  }

  /** Makes the pending revision the confirmed one, as `revision` describes it. @throws as `begin`; it stays pending then. */
  async accept(revision: ConfirmedRevision, persist: Persist): Promise<void> {
    const prepared = this.#preparedPending ?? (await this.#prepare(revision));
    if (this.#preparedPending === undefined) await this.#switchTo(prepared, persist);
    else await persist();
    this.#release(this.#confirmed?.prepared);
    this.#confirmed = { revision, prepared };
    this.#forgetPending();
  }

  /** Goes back to the confirmed revision, in one step that cannot fail. */
  revert(): void {
    this.checkpoint('swap back');
    this.#confirmed?.prepared.activate();
    this.#release(this.#preparedPending);
    this.#forgetPending();
  }

  /** Frees everything, also what requests in flight kept until now. */
  async close(): Promise<void> {
    this.#release(this.#preparedPending);
    this.#release(this.#confirmed?.prepared);
    await Promise.all(this.#releases);
  }

  async #prepare(revision: Revision): Promise<Prepared> {
    return await prepareAll(this.participants, revision, this.clock, prepareLimitMs);
  }

  /**
   * Persists before it switches: a disk that refuses leaves everything as it was, and a crash in between starts with what
   * the files say. The other way round, a refusing disk would have to be undone while it serves.
   */
  async #switchTo(prepared: Prepared, persist: Persist): Promise<void> {
    try {
      await persist();
    } catch (error) {
      await prepared.release();
      throw error;
    }
    this.checkpoint('swap');
    prepared.activate();
    this.checkpoint('swapped');
  }

  #forgetPending(): void {
    this.#pending = undefined;
    this.#preparedPending = undefined;
  }

  /** Requests in flight may keep a part for long, so nobody waits for its release before the node stops. */
  #release(prepared: Prepared | undefined): void {
    if (prepared === undefined) return;
    const released = prepared.release().finally(() => this.#releases.delete(released));
    this.#releases.add(released);
  }
}

import type { SnapshotCause } from '../admin/contract.js';
import { asFairleadError } from '../errors.js';
import { snapshotDigest } from '../model/digest.js';
import { emptySnapshot } from '../model/snapshot.js';
import { backoffDelayMs } from '../platform/backoff.js';
import type { Clock, Timer } from '../platform/clock.js';
import type { ConfirmDeadline } from './confirm-deadline.js';
import type { Receipts } from './receipts.js';
import {
  isSameRun,
  remainingAfterRestart,
  runIdentity,
  type ConfirmedRevision,
  type PendingRevision,
} from './revision.js';
import type { Stage } from './stage.js';
import type { FoundState } from './state/recovery.js';
import type { StateDirectory } from './state/state-directory.js';
import type { Warnings } from './warnings.js';

export interface RestorationParts {
  readonly found: FoundState;
  readonly stage: Stage;
  readonly deadline: ConfirmDeadline;
  readonly directory: StateDirectory;
  readonly receipts: Receipts;
  readonly warnings: Warnings;
  readonly clock: Clock;
  /** Told when the confirmed revision serves again after all. */
  readonly onChange: (cause: SnapshotCause) => void;
  /** Runs a task when no other operation is in progress. */
  readonly inTurn: (task: () => Promise<void>) => Promise<void>;
}

const blankRevision: ConfirmedRevision = { snapshot: emptySnapshot, secrets: new Map(), edits: [] };
const backoff = { firstMs: 1_000, longestMs: 60_000 } as const;
/** What the links get after a restart, before peers are asked what became of a plan. */
const settleMs = 5_000;

async function isOnDisk(): Promise<void> {
  // What is restored needs no writing.
}

/**
 * Brings back what the last run of a node left. Where the confirmed revision cannot be prepared, an empty snapshot stands
 * in for it, so that the digest tells the reconciler; it is tried again until it works or another plan is confirmed.
 */
export class Restoration {
  #reason: string | undefined;
  #timer: Timer | undefined;

  constructor(private readonly parts: RestorationParts) {}

  /** Why the last confirmed snapshot does not serve; undefined when it does, or when there never was one. */
  get reason(): string | undefined {
    return this.#reason;
  }

  async start(): Promise<void> {
    const { found, warnings } = this.parts;
    for (const warning of found.warnings) warnings.add(warning);
    if (found.lost !== undefined) this.#reason = `no confirmed snapshot could be read: ${found.lost}`;
    await this.#restoreOrStandIn();
    this.#completeReceipts();
    if (found.pending !== undefined) await this.#resume(found.pending);
    await warnings.tolerate(() => this.#forgetSecrets());
  }

  /** Gives up on the old revision. */
  end(): void {
    this.#timer?.cancel();
    this.#reason = undefined;
  }

  async #restoreOrStandIn(): Promise<void> {
    if (await this.#restore()) return;
    await this.parts.stage.replace(blankRevision, isOnDisk);
    this.#tryAgain(1);
  }

  async #restore(): Promise<boolean> {
    const { found, stage, warnings } = this.parts;
    try {
      await stage.replace(found.confirmed ?? blankRevision, isOnDisk);
      return true;
    } catch (error) {
      const reason = `the last confirmed snapshot could not be prepared: ${asFairleadError(error).message}`;
      if (reason !== this.#reason) warnings.add(reason);
      this.#reason = reason;
      return false;
    }
  }

  #tryAgain(attempt: number): void {
    const { clock, inTurn, stage } = this.parts;
    this.#timer = clock.after(backoffDelayMs(attempt, backoff), () => {
      inTurn(async () => {
        if (this.#reason === undefined) return;
        if (stage.pending === undefined && (await this.#restore())) this.#succeed();
        else this.#tryAgain(attempt + 1);
      }).catch(() => {
        if (this.#reason !== undefined) this.#tryAgain(attempt + 1);
      });
    });
  }

  #succeed(): void {
    this.end();
    const run = this.parts.found.confirmed?.run;
    if (run !== undefined) this.parts.onChange({ type: 'confirmed', planId: run.planId });
  }

  /** A receipt is written after the confirmed snapshot, so a crash can leave one without the other. */
  #completeReceipts(): void {
    const { found, receipts } = this.parts;
    const { run, snapshot } = found.confirmed ?? blankRevision;
    if (run === undefined || isSameRun(receipts.find(run.planId), run)) return;
    receipts.add({ ...runIdentity(run), state: 'confirmed', digest: snapshotDigest(snapshot) });
  }

  /** A crash between the two files of an activation leaves values that no revision needs. */
  async #forgetSecrets(): Promise<void> {
    const { found, directory, stage } = this.parts;
    await directory.saveSecrets(found.confirmed?.secrets ?? new Map(), stage.pending?.secrets ?? new Map());
  }

  async #resume(pending: PendingRevision): Promise<void> {
    const { receipts, directory, warnings, clock, stage, deadline } = this.parts;
    if (isSameRun(receipts.find(pending.run.planId), pending.run)) {
      await warnings.tolerate(() => directory.removePending());
      return;
    }
    const remainingMs = remainingAfterRestart(pending, clock.nowMs());
    stage.hold(pending);
    if (remainingMs > settleMs) await this.#serveAgain(pending);
    deadline.arm(pending, Math.max(remainingMs, settleMs));
  }

  /** What cannot be prepared after a restart waits for its end without serving. */
  async #serveAgain(pending: PendingRevision): Promise<void> {
    const { stage, warnings } = this.parts;
    try {
      await stage.begin(pending, isOnDisk);
    } catch (error) {
      const { message } = asFairleadError(error);
      warnings.add(`plan ${pending.run.planId} could not be prepared after the restart: ${message}`);
    }
  }
}

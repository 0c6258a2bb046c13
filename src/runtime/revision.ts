import type { OperatorEdit } from '../model/plan.js';
import type { Snapshot } from '../model/snapshot.js';
import type { SecretValues } from './secret-store.js';

/** A snapshot and the secret values it needs. */
export interface Revision {
  readonly snapshot: Snapshot;
  readonly secrets: SecretValues;
}

/** One activation of a plan; a plan that reverted may be activated again later. */
export interface PlanRun {
  readonly planId: string;
  /** By the wall clock. */
  readonly startedAtMs: number;
}

/** What a node starts from. */
export interface ConfirmedRevision extends Revision {
  /** The plan that made it; absent on a node that never saw one. */
  readonly run?: PlanRun;
  /** Made by hand since then, oldest first. */
  readonly edits: readonly OperatorEdit[];
}

/** What a node tries until somebody confirms it. */
export interface PendingRevision extends Revision {
  readonly run: PlanRun;
  readonly confirmWithinMs: number;
}

export function isSameRun(a: PlanRun | undefined, b: PlanRun): boolean {
  return a?.planId === b.planId && a.startedAtMs === b.startedAtMs;
}

/**
 * What a restart leaves of the time to confirm, in milliseconds, never more than there was. A clock that was set back
 * behind the start tells nothing, so the time counts as over.
 */
export function remainingAfterRestart({ run, confirmWithinMs }: PendingRevision, nowMs: number): number {
  const elapsedMs = nowMs - run.startedAtMs;
  return elapsedMs < 0 ? 0 : Math.max(0, confirmWithinMs - elapsedMs);
}

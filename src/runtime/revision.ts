import type { OperatorEdit } from '../model/plan.js';
import type { Snapshot } from '../model/snapshot.js';
import type { RunName } from './link-port.js';
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
  /** Greater than that of every run before it in the cluster; absent when whoever activated it gave none. */
  readonly order?: number;
  /** Nodes that it was confirmed without; only of a confirmed run. */
  readonly leftBehind?: readonly string[];
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

export function isRunOf(run: RunName, { planId, order }: RunName): boolean {
  return run.planId === planId && run.order === order;
}

/** A run without what became of it. */
export function runIdentity({ planId, startedAtMs, order }: PlanRun): PlanRun {
  return { planId, startedAtMs, ...(order !== undefined && { order }) };
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

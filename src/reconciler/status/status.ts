import type { LinkStatus, MaintenanceStatus, TrafficCounts } from '../../admin/contract.js';
import type { ErrorCode } from '../../errors.js';
import type { Blocker, CommitInfo, NodeRole, OperatorEdit } from '../../model/plan.js';
import type { Problem } from '../../model/problem.js';
import type { ResourceKey } from '../../model/snapshot.js';
import type { PassOutcome } from '../pass-outcome.js';

/** Why something did not go as it should. */
export interface StatusReason {
  readonly code: ErrorCode;
  readonly message: string;
  readonly mend: string;
  /** At most 20. */
  readonly details: readonly { readonly place: string; readonly message: string }[];
}

/** How a pass ended; times are ISO 8601, UTC. */
export interface OutcomeStatus {
  readonly state: PassOutcome['state'];
  readonly at: string;
  readonly commit?: string;
  readonly planId?: string;
  readonly reason?: StatusReason;
  /** What was done to keep the last good revision in place. */
  readonly kept?: PassOutcome['state'];
}

export interface NodeStatusView {
  readonly name: string;
  readonly role: NodeRole;
  readonly reachable: boolean;
  /** Why it is not reachable, or not ready. */
  readonly reason?: string;
  /** Commit that changed it last; empty when it never got one. */
  readonly revision?: string;
  /** Commit that asks nothing more of it: a later one than `revision` when those in between did not concern it. */
  readonly inForce?: string;
  readonly digest?: string;
  readonly ready?: boolean;
  /** A plan that is not confirmed yet. */
  readonly pendingPlanId?: string;
  readonly links?: readonly LinkStatus[];
  /** As the node counted it when it was looked at last. */
  readonly counts?: TrafficCounts;
  /** Absent while it serves. */
  readonly maintenance?: MaintenanceStatus;
}

/** A resource that a node runs otherwise than declared, although nobody changed the declaration. */
export interface DriftStatus {
  readonly node: string;
  readonly key: ResourceKey;
  readonly action: 'create' | 'update' | 'delete';
  /** The pass puts it back; otherwise SyncPolicy says to report only. */
  readonly isCorrected: boolean;
  readonly edit?: OperatorEdit;
}

export interface StatusEvent {
  readonly time: string;
  readonly type:
    | 'applied'
    | 'rolled-back'
    | 'partial'
    | 'blocked'
    | 'invalid'
    | 'error'
    | 'recovered'
    | 'drift'
    | 'node';
  readonly message: string;
}

export interface ClusterStatus {
  readonly cluster: string;
  /** The commit that is desired. */
  readonly desired?: CommitInfo;
  /** The commit that was confirmed last. */
  readonly lastGood?: CommitInfo;
  readonly isPassing: boolean;
  readonly outcome?: OutcomeStatus;
  /** The last pass that changed something or tried to. */
  readonly lastApply?: OutcomeStatus;
  readonly nodes: readonly NodeStatusView[];
  /** What is there now: what an apply put back is told by an event alone. At most 100. */
  readonly drift: readonly DriftStatus[];
  readonly blockers: readonly Blocker[];
  /** At most 100. */
  readonly problems: readonly Problem[];
  /** Passes in a row that are to be tried again. */
  readonly failures: number;
  readonly nextPassAt?: string;
  /** Newest first, at most 50. */
  readonly events: readonly StatusEvent[];
}

/** What `GET /v1/status` of the reconciler answers. */
export interface ReconcilerStatus {
  readonly version: 1;
  readonly startedAt: string;
  readonly source: {
    readonly commit?: CommitInfo;
    readonly readAt?: string;
    /** Why the remote could not be read, the last reading being used meanwhile, or why it leaves nothing to reconcile. */
    readonly reason?: StatusReason;
    /** Problems of no cluster; at most 100. */
    readonly problems: readonly Problem[];
  };
  /** In the order of their names. */
  readonly clusters: readonly ClusterStatus[];
}

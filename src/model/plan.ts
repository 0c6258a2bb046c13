import type { ErrorCode } from '../errors.js';
import type { Change, Interruption } from './change.js';
import { valueDigest } from './digest.js';
import type { ResourceKey, SourceRef } from './snapshot.js';

export type NodeRole = 'edge' | 'core';

/** A node of a cluster as plans and drivers name it. */
export interface NodeRef {
  readonly name: string;
  readonly role: NodeRole;
}

export interface CommitInfo {
  /** 40 hex digits. */
  readonly id: string;
  readonly author: string;
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** Somebody changed a resource on a node by hand. */
export interface OperatorEdit {
  readonly key: ResourceKey;
  readonly action: 'put' | 'delete';
  readonly actor: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** Why a change is in a plan; a rotation is a new value behind a secret reference that nobody touched. */
export type ChangeCause =
  | { readonly type: 'commit'; readonly commit: CommitInfo }
  | { readonly type: 'rotation' }
  | { readonly type: 'drift'; readonly edit?: OperatorEdit };

export interface PlannedChange {
  readonly change: Change;
  readonly cause: ChangeCause;
  readonly interrupts: Interruption;
  readonly source?: SourceRef;
}

export interface NodePlan {
  readonly node: NodeRef;
  /** Digest of the observed state the plan was made from; `undefined` for a node that did not answer. */
  readonly base: string | undefined;
  /** Digest the node has after the plan. */
  readonly target: string;
  /** Creates and updates in the order of waves, then keys; then deletes, the last wave first. */
  readonly changes: readonly PlannedChange[];
  /** Drift that SyncPolicy says to report only; not part of `target`. */
  readonly reported: readonly PlannedChange[];
  /** What the node runs of kinds that the declaration leaves alone; part of `target`. */
  readonly unmanaged: readonly ResourceKey[];
}

/** Traffic at one moment. What passes an edge and a core is counted once. */
export interface Traffic {
  readonly users: number;
  readonly sessions: number;
  readonly registrations: number;
  /** Sessions among those above; absent where SIP is not served. */
  readonly calls?: number;
}

/** What a plan touches, counted by the nodes from traffic; it is a reading, so it is not part of the plan's id. */
export interface Impact {
  /** On the nodes where a change interrupts sessions. */
  readonly interrupted: Traffic;
  /** On the nodes where only new sessions are interrupted. */
  readonly onlyNewSessions: Traffic;
  /** On all other nodes of the cluster. */
  readonly untouched: Traffic;
  /** Calls of excluded endpoints, which maintenance mode ends when it begins; absent when there are none. */
  readonly endedCalls?: number;
}

/** A reason not to apply; data, so that it can be printed and posted. */
export interface Blocker {
  readonly code: ErrorCode;
  readonly message: string;
  readonly mend: string;
  readonly resource?: ResourceKey;
  readonly node?: string;
  /** Where the resource is written. */
  readonly source?: SourceRef;
}

/** A way from the observed state of every node to the desired one, bound to both. */
export interface Plan {
  readonly version: 1;
  /** `sha256:` over everything but `impact`. */
  readonly id: string;
  readonly cluster: string;
  /** The Git commit it leads to. */
  readonly target: string;
  /** The first of these that a change has; `none` for a plan without changes. */
  readonly cause: ChangeCause['type'] | 'none';
  /** Edges before cores, each in declared order. */
  readonly nodes: readonly NodePlan[];
  readonly refreshes: readonly ResourceKey[];
  readonly interrupts: Interruption;
  readonly impact: Impact;
  readonly blockers: readonly Blocker[];
}

/** Gives a plan its id: the digest of all but `impact` and what was its id before. */
export function identifyPlan(plan: Omit<Plan, 'id'> & { readonly id?: string }): Plan {
  return { ...plan, id: valueDigest({ ...plan, id: undefined, impact: undefined }) };
}

export function isEmptyPlan(plan: Plan): boolean {
  return plan.nodes.every(({ changes }) => changes.length === 0);
}

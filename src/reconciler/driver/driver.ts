import type { Behind, LinkStatus, MaintenanceStatus, Receipt, TrafficCounts } from '../../admin/contract.js';
import type { Kind } from '../../model/generated/kinds.js';
import type { Health } from '../../model/health.js';
import type { NodeRef, OperatorEdit, Plan } from '../../model/plan.js';
import type { ResourceKey, Snapshot } from '../../model/snapshot.js';
import type { Secret } from '../../platform/secret.js';

/** What a target of a driver can do; the engine asks for these, never for a driver's name. */
export interface Capabilities {
  /** A node changes as a whole or not at all. */
  readonly atomic: boolean;
  /** An activated plan reverts by itself unless confirmed. */
  readonly confirm: boolean;
  /** Secrets can be compared by fingerprint. */
  readonly secretReadback: boolean;
}

/** What one node was seen to run, or why it could not be asked. */
export type NodeObservation =
  | {
      readonly node: NodeRef;
      readonly reachable: true;
      readonly snapshot: Snapshot;
      readonly digest: string;
      readonly kinds: readonly Kind[];
      readonly edits: readonly OperatorEdit[];
      readonly counts: TrafficCounts;
      readonly pending?: Receipt;
      readonly confirmedPlanId?: string;
      /** The greatest order that was confirmed on it. */
      readonly confirmedOrder?: number;
      /** It missed a confirmed run, and perhaps serves nobody until it is brought forward. */
      readonly behind?: Behind;
      readonly ready: boolean;
      readonly notReadyReason?: string;
      readonly maintenance?: MaintenanceStatus;
      /** Of nodes that have links. */
      readonly links?: readonly LinkStatus[];
    }
  | { readonly node: NodeRef; readonly reachable: false; readonly reason: string };

export interface Observation {
  /** Edges before cores, in declared order. */
  readonly nodes: readonly NodeObservation[];
}

/** What goes to one node: the rendered snapshot and the secrets its references name. */
export interface Delivery {
  readonly node: NodeRef;
  readonly base: string;
  /** Of the run of the plan; greater than that of every run before it in the cluster. */
  readonly order?: number;
  readonly snapshot: Snapshot;
  /** By fingerprint. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** What one resource was left as: with the plan's content, with the content before it, gone, or nobody knows. */
export interface ResourceOutcome {
  readonly key: ResourceKey;
  readonly state: 'new' | 'old' | 'missing' | 'unknown';
  /** What stood in the way; without secrets. */
  readonly reason?: string;
}

/** A node that could go neither forward nor back; only a driver that is not atomic gives it. */
export interface PartialReceipt {
  readonly planId: string;
  readonly node: string;
  readonly state: 'partial';
  readonly reason: string;
  /** Every resource that the plan touches, in the order of the plan. */
  readonly resources: readonly ResourceOutcome[];
}

export type DriverReceipt = Receipt | PartialReceipt;

/** An event of a node that says "look now". */
export interface DriverEvent {
  readonly node: string;
  /** `stream`: the connection is new, or events were missed, so anything may have happened. */
  readonly type: 'snapshot' | 'ready' | 'link' | 'maintenance' | 'stream';
  readonly reason: string;
  readonly edit?: OperatorEdit;
  /** What happened to a plan; absent for everything else. */
  readonly plan?: { readonly id: string; readonly state: 'activated' | 'confirmed' | 'reverted' };
}

/**
 * The way to the nodes of one cluster. It decides nothing: the engine chooses nodes, order, and when to confirm or revert.
 * Every call rejects with a FairleadError, or with the reason of the signal; `node.unreachable` says that the outcome is unknown.
 */
export interface Driver {
  readonly capabilities: Capabilities;
  observe(signal: AbortSignal): Promise<Observation>;
  /**
   * Makes a plan live on one node, to be confirmed within `confirmWithinSeconds` where the capability `confirm` says so.
   * Asking again while it is pending gives the same receipt; a plan that was reverted may be tried again. A rejection other than `node.unreachable` says that the node is as it was.
   * @throws FairleadError `plan.stale` when the node has moved, `node.pending`, `apply.prepare-failed`, `node.unreachable`
   */
  activate(plan: Plan, delivery: Delivery, confirmWithinSeconds: number, signal: AbortSignal): Promise<DriverReceipt>;
  /** What became of a plan on a node; undefined when it never saw it. */
  receipt(node: NodeRef, planId: string, signal: AbortSignal): Promise<DriverReceipt | undefined>;
  /** Makes a plan final, and tells the node which others it is confirmed without. @throws FairleadError `node.unknown-plan`, `node.unreachable` */
  confirm(node: NodeRef, planId: string, leftBehind: readonly string[], signal: AbortSignal): Promise<DriverReceipt>;
  /** Puts back what was before the plan; asking twice is harmless. @throws FairleadError `node.unknown-plan`, `node.unreachable` */
  revert(node: NodeRef, planId: string, signal: AbortSignal): Promise<DriverReceipt>;
  /** Tries the data path of a node; what fails is a check with `ok: false`. */
  probe(node: NodeRef, signal: AbortSignal): Promise<Health>;
  /** Ends when the signal aborts; reconnects by itself. */
  watch(signal: AbortSignal): AsyncGenerator<DriverEvent, undefined>;
  close(): Promise<void>;
}

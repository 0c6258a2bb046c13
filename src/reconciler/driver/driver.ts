import type { Receipt, TrafficCounts } from '../../admin/contract.js';
import type { Kind } from '../../model/generated/kinds.js';
import type { Health } from '../../model/health.js';
import type { NodeRef, OperatorEdit, Plan } from '../../model/plan.js';
import type { Snapshot } from '../../model/snapshot.js';
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
      readonly ready: boolean;
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
  readonly snapshot: Snapshot;
  /** By fingerprint. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** An event of a node that says "look now". */
export interface DriverEvent {
  readonly node: string;
  readonly reason: string;
  readonly edit?: OperatorEdit;
}

/**
 * The way to the nodes of one cluster. It decides nothing: the engine chooses nodes, order, and when to confirm or revert.
 * Every call rejects with a FairleadError; `node.unreachable` says that the outcome is unknown.
 */
export interface Driver {
  readonly capabilities: Capabilities;
  observe(signal: AbortSignal): Promise<Observation>;
  /** Makes a plan live on one node, to be confirmed within `confirmWithinSeconds`. Asking twice gives the same receipt. */
  activate(plan: Plan, delivery: Delivery, confirmWithinSeconds: number, signal: AbortSignal): Promise<Receipt>;
  /** What became of a plan on a node; undefined when it never saw it. */
  receipt(node: NodeRef, planId: string, signal: AbortSignal): Promise<Receipt | undefined>;
  confirm(node: NodeRef, planId: string, signal: AbortSignal): Promise<Receipt>;
  revert(node: NodeRef, planId: string, signal: AbortSignal): Promise<Receipt>;
  probe(node: NodeRef, signal: AbortSignal): Promise<Health>;
  /** Ends when the signal aborts; reconnects by itself. */
  watch(signal: AbortSignal): AsyncIterable<DriverEvent>;
  close(): Promise<void>;
}

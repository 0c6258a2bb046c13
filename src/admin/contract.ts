import type { RetryClass } from '../errors.js';
import type { Kind } from '../model/generated/kinds.js';
import type { NodeRole, OperatorEdit } from '../model/plan.js';
import type { SnapshotDocument } from '../model/snapshot.js';

/** What an identity may do on the admin interface; `apply` includes `operate`, `operate` includes `read`. */
export type AdminScope = 'read' | 'operate' | 'apply';

/** Paths of the admin interface, version 1. */
export const adminPaths = {
  snapshot: '/v1/snapshot',
  activate: '/v1/activate',
  confirm: '/v1/confirm',
  revert: '/v1/revert',
  receipts: '/v1/receipts',
  resources: '/v1/resources',
  probe: '/v1/probe',
  status: '/v1/status',
  events: '/v1/events',
  live: '/v1/live',
  ready: '/v1/ready',
  openapi: '/v1/openapi.json',
  metrics: '/metrics',
} as const;

/** Path of one resource. */
export function resourcePath(kind: string, name: string): string {
  return `${adminPaths.resources}/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
}

/** Path of what became of a plan. */
export function receiptPath(planId: string): string {
  return `${adminPaths.receipts}/${encodeURIComponent(planId)}`;
}

/** Largest body of any admin request, in bytes. */
export const adminBodyLimitBytes = 16 * 1024 * 1024;

/** Body of POST activate; the header `If-Match` carries the digest the plan was made from. */
export interface ActivateRequest {
  readonly planId: string;
  readonly snapshot: SnapshotDocument;
  /** Secret values by fingerprint; only those that the snapshot's references name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** 1 to 3600. */
  readonly confirmWithinSeconds: number;
  /** Tells this run of the plan from others: greater than that of every run before it in the cluster. */
  readonly order?: number;
}

/** Body of POST confirm. */
export interface ConfirmRequest {
  readonly planId: string;
  /** Nodes of the cluster that the plan is confirmed without; they are behind until a later run is confirmed on them. */
  readonly leftBehind?: readonly string[];
}

/** Body of POST revert. */
export interface PlanReference {
  readonly planId: string;
}

export type ReceiptState = 'pending' | 'confirmed' | 'reverted';

/**
 * What became of a plan on a node; it can be asked for again after any crash. Confirming a plan that reverted, or the
 * other way round, changes nothing and answers with the receipt: `state` is what counts.
 */
export interface Receipt {
  readonly planId: string;
  readonly node: string;
  readonly state: ReceiptState;
  /** Digest of the snapshot that the plan leads to. */
  readonly digest: string;
  /** Milliseconds until an unconfirmed plan reverts by itself; only while pending. */
  readonly confirmWithinMs?: number;
  /** Why it was reverted. */
  readonly reason?: string;
}

/** Answer of PUT (whose body is the resource) and DELETE resources/{kind}/{name}; both may carry `If-Match`. */
export interface EditAnswer {
  readonly digest: string;
}

/** What a node counts from traffic. */
export interface TrafficCounts {
  /** Users with a live token. */
  readonly users: number;
  /** Sessions of all protocols; for HTTP requests in flight. */
  readonly sessions: number;
  /** Devices registered over SIP now. */
  readonly registrations: number;
  /** The most of them at one time since the start; absent, as `calls` is, where SIP is not served. */
  readonly registrationsPeak?: number;
  /** Devices registered over the whole cluster, as this node knows it. */
  readonly clusterRegistrations?: number;
  readonly clusterRegistrationsPeak?: number;
  /** Calls that are up. */
  readonly calls?: number;
  /** Those of them that end when maintenance mode begins, because their endpoints are excluded from it. */
  readonly excludedCalls?: number;
}

export interface LinkStatus {
  readonly peer: string;
  /** `tunnel` carries HTTPS and what nodes ask each other, `signalling` carries SIP. */
  readonly service: 'tunnel' | 'signalling';
  readonly state: 'up' | 'connecting' | 'down';
  /** ISO 8601, UTC; when the state was entered. */
  readonly since: string;
  readonly reason?: string;
}

/** A run that the cluster confirmed without a node. */
export interface Behind {
  readonly planId: string;
  readonly order: number;
  /** Whether the node serves its older configuration meanwhile. */
  readonly serves: boolean;
}

/** Maintenance mode of a node; `drained` when nothing that it waits for is left, which is health and not a failure. */
export interface MaintenanceStatus {
  readonly state: 'draining' | 'drained';
  /** Names of the Maintenance resources that hold. */
  readonly names: readonly string[];
  readonly reason?: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** When what is left is ended; absent when it may take as long as it takes. */
  readonly deadline?: string;
  readonly left: TrafficLeft;
}

/** What goes on although nothing new is let in. */
export interface TrafficLeft {
  readonly registrations: number;
  readonly calls: number;
  /** HTTP requests in flight. */
  readonly requests: number;
}

export interface NodeStatus {
  readonly name: string;
  readonly role: NodeRole;
  readonly cluster: string;
  readonly version: string;
  /** Kinds whose participant this node has. */
  readonly kinds: readonly Kind[];
  readonly revision: string;
  /** Of the snapshot that serves now, pending or not. */
  readonly digest: string;
  readonly pending?: Receipt;
  /** The plan that made the confirmed snapshot. */
  readonly confirmedPlanId?: string;
  /** The greatest order that was confirmed on this node; 0 when none was. */
  readonly confirmedOrder?: number;
  readonly behind?: Behind;
  /** Since the last confirmed plan, oldest first, at most 100. */
  readonly edits: readonly OperatorEdit[];
  readonly counts: TrafficCounts;
  readonly links: readonly LinkStatus[];
  /** Absent while the node serves. */
  readonly maintenance?: MaintenanceStatus;
  readonly ready: boolean;
  readonly notReadyReason?: string;
  /** What an operator should look at although the node runs, such as a torn state file; absent when there is nothing. */
  readonly warnings?: readonly string[];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/**
 * An event of the server-sent stream, whose `event` is the type and whose `data` is all of it as JSON. `id` belongs to one
 * run of the node. A client that comes back with a `Last-Event-ID` gets what it missed, or `reset` when that is no longer known.
 */
export type NodeEvent =
  | { readonly type: 'reset' }
  | { readonly type: 'snapshot'; readonly digest: string; readonly cause: SnapshotCause }
  | { readonly type: 'link'; readonly link: LinkStatus }
  | { readonly type: 'maintenance'; readonly state: MaintenanceStatus['state'] | 'ended' }
  | TrafficEvent
  | { readonly type: 'ready'; readonly ready: boolean };

/** Registrations or calls of the node have changed; at most one each 5 s. */
export interface TrafficEvent {
  readonly type: 'traffic';
  readonly registrations: number;
  readonly registrationsPeak: number;
  readonly calls: number;
}

export type SnapshotCause =
  | { readonly type: 'activated' | 'confirmed'; readonly planId: string }
  | { readonly type: 'reverted'; readonly planId: string; readonly reason: string }
  | { readonly type: 'edited'; readonly edit: OperatorEdit };

/** Answer of GET live. */
export interface LiveAnswer {
  readonly live: true;
}

/** Answer of GET ready with status 200; a node that is not ready answers with the problem `node.not-ready`. */
export interface ReadyAnswer {
  readonly ready: true;
  /** `(Maintenance Mode)`: the node is well, and lets nobody new in. */
  readonly note?: string;
}

/** Body of every error answer (RFC 9457), media type application/problem+json. */
export interface Problem {
  /** `https://fairlead.dev/errors#` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly mend: string;
  /** When the same request is worth another try. */
  readonly retry: RetryClass;
  readonly details: readonly { readonly place: string; readonly message: string }[];
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TrafficCounts } from '../../../src/admin/contract.js';
import type { FieldChange } from '../../../src/model/change.js';
import { snapshotDigest } from '../../../src/model/digest.js';
import { isRecord } from '../../../src/model/json.js';
import { allKinds, isKind } from '../../../src/model/kinds.js';
import type { Kind } from '../../../src/model/generated/kinds.js';
import type { CommitInfo, NodeRole, OperatorEdit, Plan, PlannedChange } from '../../../src/model/plan.js';
import { newSnapshot } from '../../../src/model/snapshot.js';
import type { Declaration, Resource, Snapshot } from '../../../src/model/snapshot.js';
import { parseResource } from '../../../src/model/validate.js';
import type { NodeObservation, Observation } from '../../../src/reconciler/driver/driver.js';
import { plan, type PlanContext } from '../../../src/reconciler/plan.js';
import { policyOf } from '../../../src/reconciler/policy.js';

/** Specs by `Kind/name`. */
export type Specs = Readonly<Record<string, unknown>>;

export const revision = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const revisionBefore = '0000000000000000000000000000000000000001';
export const commit: CommitInfo = {
  id: revision,
  author: 'Ada Engineer',
  subject: 'Lower the limit',
  time: '2026-03-02T10:00:00Z',
};

/** Reads a table of cases that lies beside the tests. */
export function readTable<Case>(name: string, isCase: (value: unknown) => value is Case): readonly Case[] {
  const table: unknown = parse(readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8'));
  if (!Array.isArray(table) || !table.every(isCase)) throw new TypeError(`${name} is not a table of such cases`);
  return table;
}

export function resourceOf(key: string, spec: unknown): Resource {
  const slash = key.indexOf('/');
  const metadata = { name: key.slice(slash + 1) };
  return parseResource({ apiVersion: 'fairlead.dev/v1', kind: key.slice(0, slash), metadata, spec }, 'rendered');
}

export function snapshotOf(specs: Specs = {}, at = ''): Snapshot {
  return newSnapshot(
    at,
    Object.entries(specs).map(([key, spec]) => resourceOf(key, spec)),
  );
}

/** Every resource stands on its own line of one file. */
export function declarationOf(specs: Specs, cluster = 'emea'): Declaration {
  const snapshot = snapshotOf(specs, revision);
  const keys = [...snapshot.resources.keys()];
  const sources = new Map(keys.map((key, index) => [key, { path: 'emea/all.yaml', line: index + 1, column: 1 }]));
  return { ...snapshot, cluster, sources };
}

/** A node of a table; what is left out is unremarkable. */
export interface NodeCase {
  readonly role?: NodeRole;
  readonly revision?: string;
  readonly observed?: Specs;
  readonly kinds?: readonly string[];
  readonly edits?: readonly OperatorEdit[];
  readonly counts?: TrafficCounts;
  readonly pending?: string;
  readonly unreachable?: string;
}

export function nodeOf(name: string, given: NodeCase): NodeObservation {
  const node = { name, role: given.role ?? 'core' };
  if (given.unreachable !== undefined) return { node, reachable: false, reason: given.unreachable };
  const snapshot = snapshotOf(given.observed, given.revision ?? revisionBefore);
  const digest = snapshotDigest(snapshot);
  const pending = { planId: given.pending ?? '', node: name, state: 'pending', digest } as const;
  return {
    node,
    reachable: true,
    snapshot,
    digest,
    kinds: given.kinds?.filter(isKind) ?? allKinds,
    edits: given.edits ?? [],
    counts: given.counts ?? { users: 0, sessions: 0, registrations: 0 },
    ready: true,
    ...(given.pending === undefined ? {} : { pending }),
  };
}

/** A whole planning as a table writes it down. */
export interface PlanCase {
  readonly name: string;
  readonly policy?: unknown;
  readonly desired?: Specs;
  readonly nodes: Readonly<Record<string, NodeCase>>;
  readonly commits?: Readonly<Record<string, CommitInfo>>;
  readonly now?: string;
  readonly asked?: boolean;
  readonly kindsBefore?: readonly string[];
}

/** Tells a case with `nodes` and whatever else a table needs. */
export function isPlanCase(value: unknown): value is PlanCase {
  return isRecord(value) && isRecord(value['nodes']);
}

function observationOf(nodes: PlanCase['nodes']): Observation {
  return { nodes: Object.entries(nodes).map(([name, node]) => nodeOf(name, node)) };
}

export function contextOf({ commits = {}, now, asked, kindsBefore }: Partial<PlanCase> = {}): PlanContext {
  return {
    commit,
    commits: new Map(Object.entries(commits)),
    nowMs: Date.parse(now ?? '2026-03-02T12:00:00Z'),
    isAsked: asked ?? true,
    ...(kindsBefore === undefined ? {} : { kindsBefore: new Set<Kind>(kindsBefore.filter(isKind)) }),
  };
}

export function planOf(given: PlanCase): Plan {
  const policy = given.policy === undefined ? {} : { 'SyncPolicy/default': given.policy };
  const declaration = declarationOf({ ...policy, ...given.desired });
  return plan(declaration, observationOf(given.nodes), policyOf(declaration), contextOf(given));
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** A changed field on one line, as tables expect it. */
export function fieldLine({ pointer, before, after, interrupts, refreshes }: FieldChange): string {
  const stale = refreshes ? ', refreshes' : '';
  return `${pointer}: ${valueText(before)} -> ${valueText(after)} (${interrupts}${stale})`;
}

/** A planned change on one line, as tables expect it. */
export function plannedLine({ change, cause, interrupts }: PlannedChange): string {
  const who = cause.type === 'drift' && cause.edit !== undefined ? ` by ${cause.edit.actor}` : '';
  const what = cause.type === 'commit' ? ` ${cause.commit.id.slice(0, 7)}` : '';
  return `${change.action} ${change.key} (${interrupts}) ${cause.type}${who}${what}`;
}

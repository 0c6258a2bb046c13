import { snapshotDigest } from '../model/digest.js';
import type { Change } from '../model/change.js';
import type { DriftMode, Kind, SyncPolicySpec } from '../model/generated/kinds.js';
import type { NodePlan, PlannedChange } from '../model/plan.js';
import type { Declaration, Snapshot } from '../model/snapshot.js';
import { causeOf, driftModeOf } from './cause.js';
import type { Circumstances } from './cause.js';
import { diff } from './diff.js';
import type { NodeObservation } from './driver/driver.js';
import { interruptionOf } from './interruption.js';
import { render } from './render.js';
import { applyChanges, targetOf } from './target.js';

/** What planning one node needs beside its observation. */
export interface NodePlanning {
  readonly declaration: Declaration;
  readonly managed: ReadonlySet<Kind>;
  readonly policy: SyncPolicySpec;
  readonly known: Pick<Circumstances, 'commit' | 'commits'>;
}

type Reached = Extract<NodeObservation, { reachable: true }>;

function plannedChange(change: Change, node: Reached, { declaration, known }: NodePlanning): PlannedChange {
  const source = declaration.sources.get(change.key);
  const circumstances = { ...known, nodeRevision: node.snapshot.revision, edits: node.edits };
  const cause = causeOf(change, source, circumstances);
  return { change, cause, interrupts: interruptionOf(change), ...(source === undefined ? {} : { source }) };
}

/** Whatever is not drift is applied, whatever the policy says about drift. */
function modeOf({ change, cause }: PlannedChange, policy: SyncPolicySpec): DriftMode {
  const { kind } = change.action === 'delete' ? change.before : change.after;
  return cause.type === 'drift' ? driftModeOf(policy, kind) : 'correct';
}

function planReached(node: Reached, planning: NodePlanning): NodePlan {
  const { declaration, managed, policy } = planning;
  const target = targetOf(render(declaration, node.node), node.snapshot, managed);
  const digest = snapshotDigest(target.snapshot);
  const found = digest === node.digest ? [] : diff(target.snapshot, node.snapshot);
  const planned = found.map((change) => plannedChange(change, node, planning));
  const changes = planned.filter((one) => modeOf(one, policy) === 'correct');
  return {
    node: node.node,
    base: node.digest,
    target: changes.length === found.length ? digest : snapshotDigest(snapshotAfter({ changes }, node.snapshot)),
    changes,
    reported: planned.filter((one) => modeOf(one, policy) === 'report'),
    unmanaged: target.unmanaged,
  };
}

/** Plans one node; for one that did not answer, only where it has to arrive is known. */
export function planNode(node: NodeObservation, planning: NodePlanning): NodePlan {
  if (node.reachable) return planReached(node, planning);
  const target = snapshotDigest(render(planning.declaration, node.node));
  return { node: node.node, base: undefined, target, changes: [], reported: [], unmanaged: [] };
}

/** What a node runs after its part of a plan, given what it runs before; its digest is the `target` of that part. */
export function snapshotAfter({ changes }: Pick<NodePlan, 'changes'>, observed: Snapshot, revision = ''): Snapshot {
  return applyChanges(
    observed,
    changes.map(({ change }) => change),
    revision,
  );
}

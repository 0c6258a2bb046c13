import type { Change } from '../model/change.js';
import type { Kind, DriftMode, SyncPolicySpec } from '../model/generated/kinds.js';
import { fieldTraits } from '../model/kinds.js';
import type { ChangeCause, CommitInfo, OperatorEdit } from '../model/plan.js';
import type { SourceRef } from '../model/snapshot.js';

/** What is known of how a node came to differ from what is desired. */
export interface Circumstances {
  /** The commit that is planned. */
  readonly commit: CommitInfo;
  /** The newest commit that touched a path. */
  readonly commits: ReadonlyMap<string, CommitInfo>;
  /** The commit that the node was rendered from. */
  readonly nodeRevision: string;
  /** Edits by hand on the node, oldest first. */
  readonly edits: readonly OperatorEdit[];
}

function isRotation(change: Change): boolean {
  if (change.action !== 'update') return false;
  return change.fields.every(({ pointer }) => fieldTraits(change.after.kind, pointer).rendered);
}

/** The files that a resource is written in: its own, and those of the bases it was merged over. */
export function pathsOf({ path, inherited = [] }: SourceRef): readonly string[] {
  return [path, ...inherited.flatMap(pathsOf)];
}

/** The newest commit that touched one of the files of a resource. */
function touchedBy(source: SourceRef, commits: ReadonlyMap<string, CommitInfo>): CommitInfo | undefined {
  const touching = pathsOf(source).flatMap((path) => commits.get(path) ?? []);
  return touching.toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time))[0];
}

/**
 * Why a change is there: drift when somebody edited the resource on the node after the last commit to its files, or when
 * the node is on the commit already and yet differs; otherwise the newest commit that touched a file of it, or the planned
 * one when no file is known.
 */
export function causeOf(change: Change, source: SourceRef | undefined, known: Circumstances): ChangeCause {
  const { commit, commits, nodeRevision, edits } = known;
  const edit = edits.findLast(({ key }) => key === change.key);
  if (edit === undefined && isRotation(change)) return { type: 'rotation' };
  const isOnCommit = nodeRevision === commit.id;
  const touched = source === undefined ? undefined : touchedBy(source, commits);
  const isNewer = touched !== undefined && edit !== undefined && Date.parse(touched.time) > Date.parse(edit.time);
  if (edit !== undefined && (isOnCommit || !isNewer)) return { type: 'drift', edit };
  return isOnCommit ? { type: 'drift' } : { type: 'commit', commit: touched ?? commit };
}

/** What SyncPolicy says about drift of a kind. */
export function driftModeOf({ drift }: Pick<SyncPolicySpec, 'drift'>, kind: Kind): DriftMode {
  return drift.kinds[kind] ?? drift.default;
}

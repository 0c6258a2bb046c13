import { FairleadError } from '../../errors.js';
import type { CommitInfo } from '../../model/plan.js';
import type { Problem } from '../../model/problem.js';
import type { Declaration } from '../../model/snapshot.js';

/** A compiled tree: what is valid, and everything that is not. */
export interface CompileResult {
  /** By cluster name, in its order. A cluster with an error is not here. */
  readonly clusters: ReadonlyMap<string, Declaration>;
  /** Names of the clusters that have an error; for a cluster whose name cannot be read, its directory. */
  readonly refused: readonly string[];
  /** In the order of `compareProblems`. */
  readonly problems: readonly Problem[];
}

/** What a source held when it was read. */
export interface SourceReading {
  readonly commit: CommitInfo;
  /** Objects were transferred; false when the remote had not moved. */
  readonly fetched: boolean;
  /** The very same object as in the reading before while the commit is the same. */
  readonly result: CompileResult;
}

/** Why there is nothing at all to reconcile; undefined when a cluster is declared, valid or not. */
export function emptinessOf({ commit, result }: SourceReading): FairleadError | undefined {
  if (result.clusters.size + result.refused.length > 0) return undefined;
  const message = `commit ${commit.id} declares no cluster at the configured ref and sub-path; the nodes are left alone`;
  return new FairleadError('source.empty', message);
}

/** The desired state and where it comes from. Every call rejects with a FairleadError, or with the reason of the signal. */
export interface Source {
  /**
   * Asks the remote, fetches when it moved, and compiles.
   * @throws FairleadError `source.unreachable`, `source.ref-not-found`, `source.refused`
   */
  read(signal: AbortSignal): Promise<SourceReading>;
  /** Compiles what was fetched last, without the remote; undefined when nothing ever was. */
  readLast(signal: AbortSignal): Promise<SourceReading | undefined>;
  /**
   * The newest commit up to `commit` (and after `since`, when it is known) that touched each path of a `SourceRef`;
   * a path that none touched is left out.
   */
  commitsOf(
    paths: readonly string[],
    commit: string,
    since: string | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CommitInfo>>;
  /** Gives the mirror free for another process. */
  close(): Promise<void>;
}

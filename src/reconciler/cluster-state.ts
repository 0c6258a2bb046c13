import { join } from 'node:path';
import type { CrashHook } from './crash-hook.js';
import { FailedRevisions } from './failed-revisions.js';
import { LastGood } from './last-good.js';
import { RolloutJournal } from './rollout/rollout-journal.js';

/** What a reconciler remembers of one cluster over restarts. */
export interface ClusterState {
  /** Where drivers keep what they must remember. */
  readonly directory: string;
  readonly journal: RolloutJournal;
  readonly failed: FailedRevisions;
  readonly lastGood: LastGood;
}

/** Opens the state of a cluster below a state directory; nothing is written before there is something to write. */
export async function openClusterState(stateDir: string, cluster: string, crash: CrashHook): Promise<ClusterState> {
  const directory = join(stateDir, 'clusters', cluster);
  return {
    directory,
    journal: await RolloutJournal.open(join(directory, 'journal.jsonl'), crash),
    failed: await FailedRevisions.open(join(directory, 'failed-revisions.json'), crash),
    lastGood: await LastGood.open(join(directory, 'last-good.json'), crash),
  };
}

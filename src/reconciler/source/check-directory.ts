import { realpath } from 'node:fs/promises';
import { FairleadError } from '../../errors.js';
import type { CheckOptions } from './check-tree.js';
import type { SourceCheck } from './source-check.js';
import { walkDirectoryTree } from './directory-walk.js';
import { type KeptCheck, keptPath, readKept, writeKept } from './kept-check.js';
import { workTreeStamp } from './work-tree-stamp.js';

/** Coarse file systems keep times to two seconds. */
const traceableAfterMs = 2_000;

async function realRoot(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (error) {
    throw new FairleadError('source.unreachable', `could not read ${root}`, {
      cause: error,
      mend: 'Check the path and its rights.',
    });
  }
}

/** Parser and validator are sure to be needed when nothing was kept; they load while git lists the work tree. */
async function readKeptOrPrepare(path: string): Promise<KeptCheck | undefined> {
  const kept = await readKept(path);
  if (kept === undefined) await import('./check-walk.js');
  return kept;
}

async function checkKeeping(root: string, cacheDir: string, { clock, signal }: CheckOptions): Promise<SourceCheck> {
  const path = keptPath(cacheDir, root);
  const [workTree, kept] = await Promise.all([workTreeStamp(root, signal), readKeptOrPrepare(path)]);
  if (kept?.workTree !== undefined && kept.workTree === workTree) return kept.check;
  const traceableBeforeMs = clock.nowMs() - traceableAfterMs;
  const walk = await walkDirectoryTree(root, signal);
  if (workTree === undefined && kept !== undefined && kept.stamp === walk.stamp) return kept.check;
  const { checkWalk } = await import('./check-walk.js');
  const checked = await checkWalk(walk, { path, kept, traceableBeforeMs }, signal);
  // What changed while it was read has no stamp that could be trusted.
  const isSteady = workTree !== undefined && (await workTreeStamp(root, signal)) === workTree;
  const stamp = walk.newestMs < traceableBeforeMs ? walk.stamp : '';
  await writeKept(cacheDir, path, { ...checked, stamp, workTree: isSteady ? workTree : undefined });
  return checked.check;
}

/**
 * Finds every problem of a directory, as if it were committed; what did not change since the last check is not read again.
 * @throws FairleadError `source.unreachable` when it cannot be read; the reason of the signal
 */
export async function checkDirectory(root: string, options: CheckOptions): Promise<SourceCheck> {
  const real = await realRoot(root);
  const { cacheDir, signal } = options;
  if (cacheDir !== undefined) return await checkKeeping(real, cacheDir, options);
  const [walk, { checkWalk }] = await Promise.all([walkDirectoryTree(real, signal), import('./check-walk.js')]);
  return (await checkWalk(walk, undefined, signal)).check;
}

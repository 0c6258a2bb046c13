import { realpath } from 'node:fs/promises';
import { FairleadError } from '../../errors.js';
import { checkTree, type CheckOptions, type SourceCheck } from './check-tree.js';
import { readDirectoryTree } from './directory-tree.js';
import { walkDirectoryTree } from './directory-walk.js';
import { keptPath, readKept, writeKept } from './kept-check.js';
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

async function checkAfresh(root: string, signal: AbortSignal): Promise<SourceCheck> {
  const directory = await readDirectoryTree(await walkDirectoryTree(root, signal), signal);
  return (await checkTree(directory, { signal })).check;
}

async function checkKeeping(root: string, cacheDir: string, { clock, signal }: CheckOptions): Promise<SourceCheck> {
  const path = keptPath(cacheDir, root);
  const [workTree, kept] = await Promise.all([workTreeStamp(root, signal), readKept(path)]);
  if (kept?.workTree !== undefined && kept.workTree === workTree) return kept.check;
  const startedMs = clock.nowMs();
  const walk = await walkDirectoryTree(root, signal);
  if (workTree === undefined && kept !== undefined && kept.stamp === walk.stamp) return kept.check;
  const checked = await checkTree(await readDirectoryTree(walk, signal), { path, kept, signal });
  // What changed while it was read has no stamp that could be trusted.
  const isSteady = workTree !== undefined && (await workTreeStamp(root, signal)) === workTree;
  const stamp = walk.newestMs < startedMs - traceableAfterMs ? walk.stamp : '';
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
  return cacheDir === undefined ? await checkAfresh(real, signal) : await checkKeeping(real, cacheDir, options);
}

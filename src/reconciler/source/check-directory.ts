import { realpath } from 'node:fs/promises';
import { FairleadError } from '../../errors.js';
import { checkTree, type CheckOptions, type SourceCheck } from './check-tree.js';
import { DirectoryReading, readDirectoryTree } from './directory-tree.js';
import { type DirectoryWalk, walkDirectoryTree } from './directory-walk.js';
import { type KeptCheck, keptPath, readKept, writeKept } from './kept-check.js';
import { workTreeStamp } from './work-tree-stamp.js';

type TreeCheck = Pick<KeptCheck, 'tree' | 'check'>;

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

/** Checks a directory of which nothing is known: each file is parsed while the next ones are read. */
async function checkAnew(walk: DirectoryWalk, signal: AbortSignal, path?: string): Promise<TreeCheck> {
  const { readSourceFiles } = await import('./read-files.js');
  const reading = new DirectoryReading(walk);
  const files = await readSourceFiles(reading.contents(signal), walk.entries.length);
  return await checkTree(reading.tree(), { path, files, signal });
}

async function checkChanged(
  walk: DirectoryWalk,
  path: string,
  kept: KeptCheck,
  signal: AbortSignal,
): Promise<TreeCheck> {
  return await checkTree(await readDirectoryTree(walk, signal), { path, kept, signal });
}

async function checkKeeping(root: string, cacheDir: string, { clock, signal }: CheckOptions): Promise<SourceCheck> {
  const path = keptPath(cacheDir, root);
  const [workTree, kept] = await Promise.all([workTreeStamp(root, signal), readKept(path)]);
  if (kept?.workTree !== undefined && kept.workTree === workTree) return kept.check;
  const startedMs = clock.nowMs();
  const walk = await walkDirectoryTree(root, signal);
  if (workTree === undefined && kept !== undefined && kept.stamp === walk.stamp) return kept.check;
  const checked =
    kept === undefined ? await checkAnew(walk, signal, path) : await checkChanged(walk, path, kept, signal);
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
  if (cacheDir !== undefined) return await checkKeeping(real, cacheDir, options);
  return (await checkAnew(await walkDirectoryTree(real, signal), signal)).check;
}

import { realpath } from 'node:fs/promises';
import { FairleadError } from '../../errors.js';
import { checkTree, type CheckOptions, type SourceCheck } from './check-tree.js';
import { DirectoryReading } from './directory-tree.js';
import { type DirectoryWalk, walkDirectoryTree } from './directory-walk.js';
import { type KnownFiles, loadFiles, noKnownFiles, saveFiles } from './file-cache.js';
import { keptFilesPath, type KeptCheck, keptPath, readKept, writeKept } from './kept-check.js';
import type { SourceFile } from './source-file.js';
import { workTreeStamp } from './work-tree-stamp.js';

type TreeCheck = Pick<KeptCheck, 'tree' | 'check'>;

/** Coarse file systems keep times to two seconds. */
const traceableAfterMs = 2_000;
const filesPerSavedChange = 20;

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

/** A check that reads what is not known. */
interface Reading {
  readonly walk: DirectoryWalk;
  readonly known: KnownFiles;
  readonly kept?: KeptCheck | undefined;
  readonly save: Save;
  readonly signal: AbortSignal;
}

type Save = (files: ReadonlyMap<string, SourceFile>, reading: DirectoryReading) => Promise<void>;

/** Each file that has to be read is parsed while the next ones are read. */
async function checkWalk({ walk, known, kept, save, signal }: Reading): Promise<TreeCheck> {
  const { readSourceFiles } = await import('./read-files.js');
  const reading = new DirectoryReading(walk, known.ids);
  const read = await readSourceFiles(reading.contents(signal), walk.entries.length - known.ids.size);
  const files = new Map([...known.files, ...read]);
  return await checkTree(reading.tree(), {
    kept,
    known: () => files,
    save: async (compiled) => await save(compiled, reading),
    signal,
  });
}

/** Saving costs as much as all files do, so it waits until enough of them changed. */
function saveTo(path: string, known: KnownFiles, traceableBeforeMs: number): Save {
  return async (files, reading) => {
    if (reading.filesRead * filesPerSavedChange < known.ids.size) return;
    await saveFiles(keptFilesPath(path), files, reading.idsBefore(traceableBeforeMs));
  };
}

/** Parser and validator are sure to be needed when nothing was kept; they load while git lists the work tree. */
async function readKeptOrPrepare(path: string): Promise<KeptCheck | undefined> {
  const kept = await readKept(path);
  if (kept === undefined) await Promise.all([import('./read-files.js'), import('./compile.js')]);
  return kept;
}

async function checkKeeping(root: string, cacheDir: string, { clock, signal }: CheckOptions): Promise<SourceCheck> {
  const path = keptPath(cacheDir, root);
  const [workTree, kept] = await Promise.all([workTreeStamp(root, signal), readKeptOrPrepare(path)]);
  if (kept?.workTree !== undefined && kept.workTree === workTree) return kept.check;
  const traceableBeforeMs = clock.nowMs() - traceableAfterMs;
  const walk = await walkDirectoryTree(root, signal);
  if (workTree === undefined && kept !== undefined && kept.stamp === walk.stamp) return kept.check;
  const known = kept === undefined ? noKnownFiles : await loadFiles(keptFilesPath(path));
  const checked = await checkWalk({ walk, known, kept, save: saveTo(path, known, traceableBeforeMs), signal });
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
  const walk = await walkDirectoryTree(real, signal);
  return (await checkWalk({ walk, known: noKnownFiles, save: () => Promise.resolve(), signal })).check;
}

import { checkTree } from './check-tree.js';
import { DirectoryReading } from './directory-tree.js';
import type { DirectoryWalk } from './directory-walk.js';
import { type KnownFiles, loadFiles, noKnownFiles, saveFiles } from './file-cache.js';
import { keptFilesPath, type KeptCheck } from './kept-check.js';
import { checkAhead } from './layered.js';
import { readSourceFiles } from './read-files.js';
import type { SourceFile } from './source-file.js';

/** Where files are kept, and what was kept of the check before. */
interface WalkKeeping {
  readonly path: string;
  readonly kept: KeptCheck | undefined;
  /** A directory entry that changed later may change again without a trace. */
  readonly traceableBeforeMs: number;
}

type Files = ReadonlyMap<string, SourceFile>;

const filesPerSavedChange = 20;

/** Saving costs as much as all files do, so it waits until enough of them changed. */
async function save(
  { path, traceableBeforeMs }: WalkKeeping,
  known: KnownFiles,
  reading: DirectoryReading,
  files: Files,
): Promise<void> {
  if (reading.filesRead * filesPerSavedChange < known.ids.size) return;
  await saveFiles(keptFilesPath(path), files, reading.idsBefore(traceableBeforeMs));
}

/**
 * Finds every problem of a walked directory. Only what is not known is read, and parsed while the next files are read.
 * @throws FairleadError `source.unreachable` when a file cannot be read; the reason of the signal
 */
export async function checkWalk(
  walk: DirectoryWalk,
  keeping: WalkKeeping | undefined,
  signal: AbortSignal,
): Promise<Pick<KeptCheck, 'tree' | 'check'>> {
  const kept = keeping?.kept;
  const known =
    keeping === undefined || kept === undefined ? noKnownFiles : await loadFiles(keptFilesPath(keeping.path));
  const reading = new DirectoryReading(walk, known.ids);
  const read = await readSourceFiles(reading.contents(signal), walk.entries.length - known.ids.size, checkAhead);
  return await checkTree(reading.tree(), {
    kept,
    known: () => new Map([...known.files, ...read]),
    save: async (files) => {
      if (keeping !== undefined) await save(keeping, known, reading, files);
    },
    signal,
  });
}

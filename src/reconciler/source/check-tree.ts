import { createHash } from 'node:crypto';
import type { Problem } from '../../model/problem.js';
import type { Clock } from '../../platform/clock.js';
import type { DirectoryTree } from './directory-tree.js';
import { keptFilesPath, type KeptCheck } from './kept-check.js';
import type { SourceFile } from './source-file.js';
import type { Tree } from './tree.js';

/** What the check of a source found. */
export interface SourceCheck {
  readonly problems: readonly Problem[];
  /** The clusters without an error, in the order of their names. */
  readonly clusters: readonly { readonly name: string; readonly resources: number }[];
  /** As in `CompileResult`. */
  readonly refused: readonly string[];
  readonly files: number;
}

export interface CheckOptions {
  /** Where results are kept; absent, nothing is. One directory serves any number of repositories. */
  readonly cacheDir?: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly signal: AbortSignal;
}

/** What was kept of checks of the same source. */
interface Keeping {
  /** Where it is kept; absent, nothing is. */
  readonly path?: string | undefined;
  readonly kept?: KeptCheck | undefined;
  /** What was read ahead of the compile; absent, what was kept. */
  readonly files?: ReadonlyMap<string, SourceFile>;
  readonly signal: AbortSignal;
}

function digestOf({ files, refusals }: Tree): string {
  const lines = [
    ...files.map(({ id, path }) => `${id} ${path}\n`),
    ...refusals.map((refusal) => `${JSON.stringify(refusal)}\n`),
  ];
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** Compiles only when it must: parser and validator are loaded no sooner. */
async function compile({ tree, readBlobs }: DirectoryTree, { path, files, signal }: Keeping): Promise<SourceCheck> {
  const [{ CompileMemory, compileTree }, { loadFiles, saveFiles }] = await Promise.all([
    import('./compile.js'),
    import('./file-cache.js'),
  ]);
  const memory = new CompileMemory();
  if (files !== undefined) memory.files = files;
  else if (path !== undefined) memory.files = await loadFiles(keptFilesPath(path));
  const { problems, clusters, refused } = await compileTree(tree, '', { readBlobs, memory, signal });
  if (path !== undefined) await saveFiles(keptFilesPath(path), memory.files);
  const counts = [...clusters].map(([name, { resources }]) => ({ name, resources: resources.size }));
  return { problems, clusters: counts, refused, files: tree.files.length };
}

/** Finds every problem of a tree, unless the check that was kept is of the same one. */
export async function checkTree(
  directory: DirectoryTree,
  keeping: Keeping,
): Promise<Pick<KeptCheck, 'tree' | 'check'>> {
  const tree = digestOf(directory.tree);
  const check = keeping.kept?.tree === tree ? keeping.kept.check : await compile(directory, keeping);
  return { tree, check };
}

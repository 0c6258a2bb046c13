import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock.js';
import type { DirectoryTree } from './directory-tree.js';
import type { KeptCheck } from './kept-check.js';
import type { SourceFile } from './source-file.js';
import type { CompileResult } from './source.js';
import type { SourceCheck } from './source-check.js';
import type { Tree } from './tree.js';

export interface CheckOptions {
  /** Where results are kept; absent, nothing is. One directory serves any number of repositories. */
  readonly cacheDir?: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly signal: AbortSignal;
}

type Files = ReadonlyMap<string, SourceFile>;

/** What was kept of checks of the same source, and what is to be kept. */
export interface Keeping {
  readonly kept?: KeptCheck | undefined;
  /** Gives what contents are known to say, by their ids. */
  readonly known: () => Files | Promise<Files>;
  readonly save: (files: Files) => Promise<void>;
  readonly signal: AbortSignal;
}

function digestOf({ files, refusals }: Tree): string {
  const lines = [
    ...files.map(({ id, path }) => `${id} ${path}\n`),
    ...refusals.map((refusal) => `${JSON.stringify(refusal)}\n`),
  ];
  return createHash('sha256').update(lines.join('')).digest('hex');
}

function checkOf({ files }: Tree, { problems, clusters, refused }: CompileResult): SourceCheck {
  const counts = [...clusters].map(([name, { resources }]) => ({ name, resources: resources.size }));
  return { problems, clusters: counts, refused, files: files.length };
}

/** Compiles only when it must: parser and validator are loaded no sooner. */
async function compile({ tree, readBlobs }: DirectoryTree, { known, save, signal }: Keeping): Promise<SourceCheck> {
  const { CompileMemory, compileTree } = await import('./compile.js');
  const memory = new CompileMemory();
  memory.files = await known();
  const result = await compileTree(tree, '', { readBlobs, memory, signal });
  await save(memory.files);
  return checkOf(tree, result);
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

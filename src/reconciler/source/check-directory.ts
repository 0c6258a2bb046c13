import { createHash } from 'node:crypto';
import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import type { Problem } from '../../model/problem.js';
import type { Clock } from '../../platform/clock.js';
import { readCache, writeCache } from './cache-file.js';
import { type DirectoryTree, readDirectoryTree } from './directory-tree.js';
import { type DirectoryWalk, walkDirectoryTree } from './directory-walk.js';
import { programVersion } from './program-version.js';
import type { Tree } from './tree.js';

/** What the check of a directory found. */
export interface DirectoryCheck {
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

/** A check that was made before, and what it holds for. */
interface KeptCheck {
  /** Digest of the tree that was checked. */
  readonly tree: string;
  /** Of the walk that led to it; empty when a file was still warm, since it could change without a trace. */
  readonly stamp: string;
  readonly check: DirectoryCheck;
}

/** Coarse file systems keep times to two seconds. */
const traceableAfterMs = 2_000;
const keptRepositories = 16;

function isKeptCheck(value: unknown): value is KeptCheck {
  return (
    isRecord(value) &&
    typeof value['tree'] === 'string' &&
    typeof value['stamp'] === 'string' &&
    isRecord(value['check'])
  );
}

function digestOf({ files, refusals }: Tree): string {
  const lines = [
    ...files.map(({ id, path }) => `${id} ${path}\n`),
    ...refusals.map((refusal) => `${JSON.stringify(refusal)}\n`),
  ];
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** Compiles only when it must: parser and validator are loaded no sooner. */
async function compileDirectory(
  { tree, readBlobs }: DirectoryTree,
  cachePath: string | undefined,
  signal: AbortSignal,
): Promise<DirectoryCheck> {
  const [{ CompileMemory, compileTree }, { loadFiles, saveFiles }] = await Promise.all([
    import('./compile.js'),
    import('./file-cache.js'),
  ]);
  const memory = new CompileMemory();
  if (cachePath !== undefined) memory.files = await loadFiles(cachePath);
  const { problems, clusters, refused } = await compileTree(tree, '', { readBlobs, memory, signal });
  if (cachePath !== undefined) await saveFiles(cachePath, memory.files);
  const counts = [...clusters].map(([name, { resources }]) => ({ name, resources: resources.size }));
  return { problems, clusters: counts, refused, files: tree.files.length };
}

/** Removes what was kept of the repositories that were checked longest ago. */
async function removeOldest(cacheDir: string): Promise<void> {
  const names = (await readdir(cacheDir)).filter((name) => name.endsWith('.files'));
  const ages = await Promise.all(names.map(async (name) => ({ name, ms: (await stat(join(cacheDir, name))).mtimeMs })));
  for (const { name } of ages.toSorted((a, b) => b.ms - a.ms).slice(keptRepositories)) {
    await rm(join(cacheDir, name), { force: true });
    await rm(join(cacheDir, name.replace(/files$/, 'check')), { force: true });
  }
}

async function checkWalked(
  walk: DirectoryWalk,
  kept: KeptCheck | undefined,
  base: string | undefined,
  signal: AbortSignal,
): Promise<KeptCheck> {
  const directory = await readDirectoryTree(walk, signal);
  const tree = digestOf(directory.tree);
  const filesPath = base === undefined ? undefined : `${base}.files`;
  const check = kept?.tree === tree ? kept.check : await compileDirectory(directory, filesPath, signal);
  return { tree, stamp: '', check };
}

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

/**
 * Finds every problem of a directory, as if it were committed; what did not change since the last check is not read again.
 * @throws FairleadError `source.unreachable` when it cannot be read; the reason of the signal
 */
export async function checkDirectory(root: string, { cacheDir, clock, signal }: CheckOptions): Promise<DirectoryCheck> {
  const real = await realRoot(root);
  const startedMs = clock.nowMs();
  const walk = await walkDirectoryTree(real, signal);
  const base =
    cacheDir === undefined ? undefined : join(cacheDir, createHash('sha256').update(real).digest('hex').slice(0, 32));
  const found = base === undefined ? undefined : await readCache(`${base}.check`, programVersion());
  const kept = isKeptCheck(found) ? found : undefined;
  if (kept !== undefined && kept.stamp === walk.stamp) return kept.check;
  const checked = await checkWalked(walk, kept, base, signal);
  if (cacheDir === undefined || base === undefined) return checked.check;
  const stamp = walk.newestMs < startedMs - traceableAfterMs ? walk.stamp : '';
  await writeCache(`${base}.check`, programVersion(), { ...checked, stamp });
  await removeOldest(cacheDir).catch(() => undefined);
  return checked.check;
}

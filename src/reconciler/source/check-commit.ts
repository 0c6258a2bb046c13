import { FairleadError } from '../../errors.js';
import { checkTree, type CheckOptions, type Keeping } from './check-tree.js';
import type { SourceCheck } from './source-check.js';
import { loadFiles, saveFiles } from './file-cache.js';
import { git, GitFailed } from './git.js';
import { gitBlobs } from './git-blobs.js';
import { localEnvironment, systemPath } from './git-environment.js';
import { readGitTree } from './git-tree.js';
import { keptFilesPath, keptPath, readKept, writeKept } from './kept-check.js';

const environment = localEnvironment(systemPath);

async function ask(
  directory: string,
  args: readonly string[],
  signal: AbortSignal,
  refusal: (why: string) => FairleadError,
): Promise<string> {
  try {
    return (await git(directory, args, environment, signal)).trim();
  } catch (error) {
    if (error instanceof GitFailed) throw refusal(error.message);
    throw error;
  }
}

/** The tree of a commit that belongs to a directory: all of it for the top of a work tree and for a bare repository. */
async function treeOf(directory: string, revision: string, signal: AbortSignal): Promise<string> {
  const verify = ['rev-parse', '--verify', '--end-of-options'];
  const prefix = await ask(directory, ['rev-parse', '--show-prefix'], signal, (why) => {
    const mend = 'Name a Git repository, or leave the ref out to read the files as they are.';
    return new FairleadError('source.unreachable', `${directory} is not in a Git repository: ${why}`, { mend });
  });
  const commit = await ask(directory, [...verify, `${revision}^{commit}`], signal, () => {
    const message = `the repository of ${directory} has no ${JSON.stringify(revision)}`;
    return new FairleadError('source.ref-not-found', message, { mend: 'Correct the ref, or fetch it.' });
  });
  return await ask(directory, [...verify, `${commit}:${prefix}`], signal, () => {
    return new FairleadError('source.path-not-found', `${revision} has no directory ${JSON.stringify(prefix)}`);
  });
}

function keepingAt(path: string | undefined): Pick<Keeping, 'known' | 'save'> {
  if (path === undefined) return { known: () => new Map(), save: () => Promise.resolve() };
  const filesPath = keptFilesPath(path);
  return {
    known: async () => (await loadFiles(filesPath)).files,
    save: async (files) => await saveFiles(filesPath, files),
  };
}

/**
 * Finds every problem of a directory as a commit of its repository has it; whatever git takes for a commit can name it.
 * @throws FairleadError `source.unreachable`, `source.ref-not-found`, `source.path-not-found`; the reason of the signal
 */
export async function checkCommit(directory: string, revision: string, options: CheckOptions): Promise<SourceCheck> {
  const { cacheDir, signal } = options;
  const id = await treeOf(directory, revision, signal);
  const path = cacheDir === undefined ? undefined : keptPath(cacheDir, `commits of ${directory}`);
  const kept = path === undefined ? undefined : await readKept(path);
  const tree = await readGitTree(directory, id, environment, signal);
  const readBlobs = (ids: readonly string[]) => gitBlobs(directory, ids, environment, signal);
  const checked = await checkTree({ tree, readBlobs }, { ...keepingAt(path), kept, signal });
  if (cacheDir !== undefined && path !== undefined) await writeKept(cacheDir, path, { ...checked, stamp: '' });
  return checked.check;
}

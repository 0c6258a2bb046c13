import { join } from 'node:path';
import { FairleadError } from '../../errors.js';
import type { CommitInfo } from '../../model/plan.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { SourceConfig } from '../config.js';
import { CompileMemory, compileTree } from './compile.js';
import { loadFiles, saveFiles } from './file-cache.js';
import { type HistoryQuestion, HistoryBatches } from './history-batches.js';
import { git, GitFailed } from './git.js';
import { gitBlobs } from './git-blobs.js';
import { describeCommit, lastCommits } from './git-history.js';
import { readGitTree } from './git-tree.js';
import { Mirror } from './mirror.js';
import { systemPath } from './git-environment.js';
import type { CompileResult, Source, SourceReading } from './source.js';
import type { Tree } from './tree.js';

export interface GitSourceOptions {
  readonly source: SourceConfig;
  /** The mirror and what was read from it are kept in `source` below it; one process at a time may use it. */
  readonly stateDir: string;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
  /** Directories of git and ssh; those of the system unless it is given. */
  readonly searchPath?: string;
}

/** So many newly read files are worth keeping for the next start. */
const worthSaving = 500;

class GitSource implements Source {
  readonly #mirror: Mirror;
  readonly #source: SourceConfig;
  readonly #cachePath: string;
  readonly #memory = new CompileMemory();
  readonly #history = new HistoryBatches((question, takePaths) => this.#lastCommits(question, takePaths));
  #unsaved = 0;
  #last: Omit<SourceReading, 'fetched'> | undefined;
  /** Readings one after the other: two would get in each other's way in the mirror. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(mirror: Mirror, source: SourceConfig, cachePath: string) {
    this.#mirror = mirror;
    this.#source = source;
    this.#cachePath = cachePath;
  }

  async warm(): Promise<void> {
    this.#memory.files = (await loadFiles(this.#cachePath)).files;
  }

  async read(signal: AbortSignal): Promise<SourceReading> {
    return await this.#inTurn(async () => {
      try {
        return await this.#readOnce(signal);
      } catch (error) {
        if (!(error instanceof GitFailed)) throw error;
        return await this.#readAnew(signal);
      }
    });
  }

  async readLast(signal: AbortSignal): Promise<SourceReading | undefined> {
    return await this.#inTurn(async () => {
      const commit = await this.#mirror.last(signal);
      if (commit === undefined) return undefined;
      try {
        return { ...(await this.#compile(commit, signal)), fetched: false };
      } catch (error) {
        if (error instanceof GitFailed) return undefined;
        throw error;
      }
    });
  }

  async commitsOf(
    paths: readonly string[],
    commit: string,
    since: string | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CommitInfo>> {
    signal.throwIfAborted();
    const root = this.#source.path === '' ? '' : `${this.#source.path}/`;
    const inTree = (path: string) => `${root}${path}`;
    const commits = await this.#history.ask(paths.map(inTree), { commit, since });
    signal.throwIfAborted();
    return new Map(
      paths.flatMap((path) => {
        const info = commits.get(inTree(path));
        return info === undefined ? [] : [[path, info] as const];
      }),
    );
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#save();
    await this.#mirror.close();
  }

  /** Whoever asks may give up; the others that share the run still want its answer. */
  #lastCommits({ commit, since }: HistoryQuestion, takePaths: () => readonly string[]) {
    const { signal } = new AbortController();
    const { directory, environment } = this.#mirror;
    const range = { directory, environment, commit, path: this.#source.path };
    return this.#inTurn(async () => {
      const known = since !== undefined && (await this.#holds(since, signal)) ? since : undefined;
      return await lastCommits({ ...range, since: known }, takePaths(), signal);
    });
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(task);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #readOnce(signal: AbortSignal): Promise<SourceReading> {
    const { commit, fetched } = await this.#mirror.update(signal);
    return { ...(await this.#compile(commit, signal)), fetched };
  }

  /** What the mirror holds cannot be read, so it is made anew. */
  async #readAnew(signal: AbortSignal): Promise<SourceReading> {
    await this.#mirror.discard();
    try {
      return await this.#readOnce(signal);
    } catch (error) {
      if (!(error instanceof GitFailed)) throw error;
      const message = `could not read ${this.#source.url.text}: ${error.message}`;
      throw new FairleadError('source.unreachable', message, { cause: error });
    }
  }

  async #compile(id: string, signal: AbortSignal): Promise<Omit<SourceReading, 'fetched'>> {
    if (this.#last?.commit.id === id) return this.#last;
    const { directory, environment } = this.#mirror;
    const commit = await describeCommit({ directory, environment, commit: id }, signal);
    const result = await this.#compileTree(await this.#treeOf(id, signal), id, signal);
    this.#last = { commit, result };
    return this.#last;
  }

  async #compileTree(tree: Tree, revision: string, signal: AbortSignal): Promise<CompileResult> {
    const { directory, environment } = this.#mirror;
    const readBlobs = (ids: readonly string[]) => gitBlobs(directory, ids, environment, signal);
    const before = this.#memory.files;
    const result = await compileTree(tree, revision, { readBlobs, memory: this.#memory, signal });
    this.#unsaved += [...this.#memory.files.keys()].filter((id) => !before.has(id)).length;
    if (this.#unsaved >= worthSaving) await this.#save();
    return result;
  }

  async #treeOf(commit: string, signal: AbortSignal): Promise<Tree> {
    const { directory, environment } = this.#mirror;
    const treeish = this.#source.path === '' ? commit : await this.#subtreeOf(commit, signal);
    return await readGitTree(directory, treeish, environment, signal);
  }

  async #subtreeOf(commit: string, signal: AbortSignal): Promise<string> {
    const { directory, environment } = this.#mirror;
    const args = ['ls-tree', '-d', '-z', '--full-tree', commit, '--', this.#source.path];
    const id = /^040000 tree ([0-9a-f]{40})\t/.exec(await git(directory, args, environment, signal))?.[1];
    if (id !== undefined) return id;
    const { url, path } = this.#source;
    throw new FairleadError('source.path-not-found', `${url.text} has no directory ${JSON.stringify(path)}`);
  }

  async #holds(commit: string, signal: AbortSignal): Promise<boolean> {
    if (!/^[0-9a-f]{40}$/.test(commit)) return false;
    const { directory, environment } = this.#mirror;
    try {
      await git(directory, ['cat-file', '-e', `${commit}^{commit}`], environment, signal);
      return true;
    } catch (error) {
      if (error instanceof GitFailed) return false;
      throw error;
    }
  }

  async #save(): Promise<void> {
    if (this.#unsaved > 0) await saveFiles(this.#cachePath, this.#memory.files);
    this.#unsaved = 0;
  }
}

/**
 * Opens a Git repository as the source of desired state, without asking the remote yet.
 * @throws FairleadError `state.locked` when another process uses the state directory, `state.storage`
 */
export async function openGitSource(options: GitSourceOptions): Promise<Source> {
  const { source, stateDir, clock, log, searchPath = systemPath } = options;
  const parent = join(stateDir, 'source');
  const mirror = await Mirror.open({ source, clock, searchPath }, parent, log);
  const opened = new GitSource(mirror, source, join(parent, 'files.cache'));
  await opened.warm();
  return opened;
}

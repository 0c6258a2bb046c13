import type { CommitInfo } from '../../model/plan.js';
import { gitOutput } from './git-stream.js';
import type { GitEnvironment } from './git-environment.js';

/** Which part of the history of a mirror is looked at. */
export interface HistoryRange {
  readonly directory: string;
  readonly environment: GitEnvironment;
  /** 40 hex digits. */
  readonly commit: string;
  /** Commits that this one has are left out; 40 hex digits. */
  readonly since?: string | undefined;
  /** Directory inside the repository; `''` is its root. */
  readonly path: string;
}

const format = '%x00%H%x00%an%x00%cI%x00%s';
const fieldCount = 4;
const mostCommits = 20_000;
const longestText = 200;
/** More paths than this cost git more than they save it. */
const mostPathspecs = 50;

/** Text of a commit as one line of a report; whoever commits must not steer a terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd').slice(0, longestText);
}

function commitOf([id = '', author = '', time = '', subject = '']: readonly string[]): CommitInfo {
  const at = new Date(time);
  const utc = Number.isNaN(at.getTime()) ? '' : at.toISOString();
  return { id, author: plain(author), subject: plain(subject), time: utc };
}

/** What a commit is called, when and by whom. */
export async function describeCommit(
  { directory, environment, commit }: Pick<HistoryRange, 'directory' | 'environment' | 'commit'>,
  signal: AbortSignal,
): Promise<CommitInfo> {
  const args = ['log', '-1', '--no-show-signature', '--encoding=UTF-8', `--format=${format}`, commit];
  const chunks: Buffer[] = [];
  for await (const chunk of gitOutput({ directory, args, environment }, signal)) chunks.push(chunk);
  return commitOf(Buffer.concat(chunks).toString('utf8').trimEnd().split('\0').slice(1));
}

function logArguments({ commit, since, path }: HistoryRange, paths: readonly string[]): readonly string[] {
  const pathspecs = paths.length <= mostPathspecs ? paths : path === '' ? [] : [path];
  return [
    'log',
    '--no-show-signature',
    '--encoding=UTF-8',
    `--max-count=${mostCommits}`,
    `--format=${format}`,
    '--diff-merges=combined',
    '--no-renames',
    '--name-only',
    '-z',
    commit,
    ...(since === undefined ? [] : [`^${since}`]),
    '--',
    ...pathspecs.map((one) => `:(top,literal)${one}`),
  ];
}

/** The NUL-separated parts of a log. */
async function* partsOf(
  range: HistoryRange,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { directory, environment } = range;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of gitOutput({ directory, args: logArguments(range, paths), environment }, signal)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(0);
    rest = bytes.subarray(end + 1);
    if (end >= 0) yield* bytes.toString('utf8', 0, end).split('\0');
  }
}

/**
 * The commits of a log with the paths they touched. Four parts describe a commit; then its paths follow, the first on a
 * new line, and an empty part before the next commit.
 */
async function* touches(
  parts: AsyncIterable<string>,
): AsyncGenerator<{ readonly commit: readonly string[]; readonly path: string }, void> {
  let commit: string[] = [];
  let inPaths = false;
  for await (const part of parts) {
    const isDescribed = commit.length === fieldCount;
    if (commit.length > 0 && !isDescribed) commit.push(part);
    else if (part === '') inPaths = false;
    else if (isDescribed && (inPaths || part.startsWith('\n'))) {
      yield { commit, path: inPaths ? part : part.slice(1) };
      inPaths = true;
    } else commit = [part];
  }
}

/**
 * The newest commit that touched each of several paths of a repository, found in one run; a merge counts for what it
 * changed itself. A path that no commit of the range touched is left out.
 */
export async function lastCommits(
  range: HistoryRange,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CommitInfo>> {
  const wanted = new Set(paths);
  const found = new Map<string, CommitInfo>();
  if (wanted.size === 0) return found;
  for await (const { commit, path } of touches(partsOf(range, paths, signal))) {
    if (wanted.delete(path)) found.set(path, commitOf(commit));
    if (wanted.size === 0) break;
  }
  return found;
}

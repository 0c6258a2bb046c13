import { FairleadError } from '../../errors.js';
import { nearest } from '../../model/nearest.js';
import type { Clock } from '../../platform/clock.js';
import { TimeLimitReached, withTimeLimit } from '../../platform/time-limit.js';
import type { SourceConfig } from '../config.js';
import { git, GitFailed } from './git.js';
import { type GitPlace, nowhere, remoteEnvironment } from './git-environment.js';

/** A ref of the remote as it was asked for. */
export interface RemoteRef {
  readonly name: string;
  /** The object it names: a commit, or the object of an annotated tag. */
  readonly id: string;
}

/** What the remote side of a source is made of. */
export interface RemoteContext {
  readonly source: SourceConfig;
  readonly clock: Pick<Clock, 'after'>;
  /** Directories of the programs that git may run. */
  readonly searchPath: string;
}

/** Redirects are not followed: git would send the token along, to whatever host they name. */
const redirectMend = 'Use the URL that the server redirects to; often it ends in .git.';
const askMs = 30_000;
const fetchMs = 600_000;

function unreachable({ url }: SourceConfig, error: unknown): FairleadError {
  if (error instanceof FairleadError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const mend = /returned error: 30\d/.test(why) ? { mend: redirectMend } : {};
  return new FairleadError('source.unreachable', `could not read ${url.text}: ${why}`, { cause: error, ...mend });
}

/** A git command that speaks to the remote. */
interface RemoteCommand {
  readonly directory: string;
  readonly place: GitPlace;
  readonly args: readonly string[];
  readonly limitMs: number;
}

/** Runs a git command with the credentials of the source, within a time; what fails is `source.unreachable`. */
async function speak({ source, clock }: RemoteContext, command: RemoteCommand, signal: AbortSignal): Promise<string> {
  const { directory, place, args, limitMs } = command;
  const environment = await remoteEnvironment(place, source.url, source.auth);
  try {
    return await withTimeLimit(clock, limitMs, signal, (limited) => git(directory, args, environment, limited));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof GitFailed || error instanceof TimeLimitReached) throw unreachable(source, error);
    throw error;
  }
}

function parseRefs(output: string): readonly RemoteRef[] {
  return output.split('\n').flatMap((line) => {
    const [id = '', name = ''] = line.split('\t');
    return /^[0-9a-f]{40}$/.test(id) && name !== '' ? [{ id, name }] : [];
  });
}

async function listRefs(
  context: RemoteContext,
  directory: string,
  patterns: readonly string[],
  signal: AbortSignal,
): Promise<readonly RemoteRef[]> {
  const args = ['ls-remote', '--', context.source.url.text, ...patterns];
  // It needs no repository, and must not find one that lies around.
  const place = { path: context.searchPath, gitDir: nowhere };
  return parseRefs(await speak(context, { directory, place, args, limitMs: askMs }, signal));
}

async function refNotFound(
  context: RemoteContext,
  directory: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<FairleadError> {
  const short = (name: string): string => name.replace(/^refs\/(?:heads|tags)\//, '');
  const wanted = short(names[0] ?? '');
  const known = await listRefs(context, directory, ['refs/heads/*', 'refs/tags/*'], signal);
  const meant = nearest(
    wanted,
    known.map(({ name }) => short(name)),
  );
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return new FairleadError(
    'source.ref-not-found',
    `${context.source.url.text} has no branch, tag or ref ${wanted}${hint}`,
  );
}

/**
 * Asks the remote where the first of several refs that it has points to; `directory` is any that exists.
 * @throws FairleadError `source.unreachable`, `source.ref-not-found`
 */
export async function askRemote(
  context: RemoteContext,
  directory: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<RemoteRef> {
  // A pattern also matches the end of a longer name, so only whole names count.
  const refs = await listRefs(context, directory, names, signal);
  for (const name of names) {
    const ref = refs.find((one) => one.name === name);
    if (ref !== undefined) return ref;
  }
  throw await refNotFound(context, directory, names, signal);
}

/**
 * Transfers what refspecs name, with all of its history, into the repository in `directory`.
 * @throws FairleadError `source.unreachable`, also when the repository in `directory` is damaged
 */
export async function fetchRemote(
  context: RemoteContext,
  directory: string,
  refspecs: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--force',
    '--no-tags',
    '--no-write-fetch-head',
    '--',
    context.source.url.text,
    ...refspecs,
  ];
  const place = { path: context.searchPath, gitDir: directory };
  await speak(context, { directory, place, args, limitMs: fetchMs }, signal);
}

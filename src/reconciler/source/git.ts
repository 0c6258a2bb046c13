import { Readable } from 'node:stream';
import { GitError, simpleGit, type SimpleGit, type SimpleGitOptions } from 'simple-git';
import type { GitEnvironment } from './git-environment.js';

/** What git said when it failed, without anything secret; simple-git passes on only errors of its own class. */
export class GitFailed extends GitError {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(undefined, message);
    this.name = 'GitFailed';
  }
}

/** What simple-git tells its error handler. */
type Outcome = Parameters<NonNullable<SimpleGitOptions['errors']>>[1];

const longestComplaint = 500;

/** What git wrote to standard error, on one line, with the secrets of the environment taken out. */
export function complaintOf(text: string, { secrets }: GitEnvironment): string {
  const clean = secrets.reduce((before, secret) => before.replaceAll(secret, '[secret]'), text);
  const lines = clean.split('\n').map((line) => line.trim());
  // The end tells why; ssh begins with a banner.
  return lines
    .filter((line) => line !== '' && !line.startsWith('@'))
    .join('; ')
    .slice(-longestComplaint);
}

function failureOf(
  error: Buffer | Error | undefined,
  { exitCode, stdErr }: Outcome,
  environment: GitEnvironment,
): Error | undefined {
  // simple-git takes a failure without a message for success.
  if (exitCode === 0) return undefined;
  const said = complaintOf(Buffer.concat(stdErr).toString('utf8'), environment);
  const other = error instanceof Error ? complaintOf(error.message, environment) : '';
  return new GitFailed(said || other || `git ended with ${exitCode}`, exitCode);
}

function newRunner(directory: string, environment: GitEnvironment, signal: AbortSignal): SimpleGit {
  return simpleGit({
    baseDir: directory,
    abort: signal,
    allowEnvironment: Object.keys(environment.variables),
    // The settings that harden git are among those that simple-git would keep from careless callers.
    unsafe: {
      allowUnsafeConfigPaths: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeHooksPath: true,
      allowUnsafeSshCommand: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeTemplateDir: true,
    },
    errors: (error, result) => failureOf(error, result, environment),
  })
    .env({ ...environment.variables })
    .outputHandler((_command, ...streams) => letGo(streams, signal));
}

/** A helper of git, which may outlive it by the time limit of the network, holds the other ends of these. */
function letGo(streams: readonly unknown[], signal: AbortSignal): void {
  const pipes = streams.filter((stream) => stream instanceof Readable);
  const destroy = () => pipes.forEach((pipe) => pipe.destroy());
  signal.addEventListener('abort', destroy, { once: true });
  for (const pipe of pipes) pipe.once('close', () => signal.removeEventListener('abort', destroy));
}

/**
 * Runs a git command in a directory and gives its standard output. Arguments are ours or 40 hex digits; what a user wrote
 * comes behind `--` or `--end-of-options` only.
 * @throws GitFailed, or the reason of the signal
 */
export async function git(
  directory: string,
  args: readonly string[],
  environment: GitEnvironment,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  try {
    return await newRunner(directory, environment, signal).raw([...args]);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof GitFailed ? error : new GitFailed(complaintOf(String(error), environment), -1);
  }
}

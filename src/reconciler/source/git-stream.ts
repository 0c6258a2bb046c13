import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GitFailed, complaintOf } from './git.js';
import type { GitEnvironment } from './git-environment.js';

/** A git command whose output is bytes, or more than belongs into one text. */
export interface GitCommand {
  readonly directory: string;
  readonly args: readonly string[];
  readonly environment: GitEnvironment;
  /** What it reads from standard input. */
  readonly input?: Iterable<string>;
}

const longestComplaint = 4_096;

async function complaintFrom(stream: Readable, environment: GitEnvironment): Promise<string> {
  let said = '';
  for await (const chunk of stream.setEncoding('utf8')) if (said.length < longestComplaint) said += String(chunk);
  return complaintOf(said, environment);
}

/**
 * Runs a git command and hands out its standard output piece by piece; a consumer that stops early ends the command.
 * @throws GitFailed when git cannot start or fails, after the last piece; the reason of the signal
 */
export async function* gitOutput(command: GitCommand, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const { directory, args, environment, input = [] } = command;
  signal.throwIfAborted();
  const child = spawn('git', args, { cwd: directory, env: { ...environment.variables }, signal, stdio: 'pipe' });
  const ended = once(child, 'close').catch((error: unknown) => error);
  const complaint = complaintFrom(child.stderr, environment).catch(() => '');
  // A git that ended early closes its input; its exit code tells why.
  const fed = pipeline(Readable.from(input), child.stdin).catch(() => undefined);
  try {
    for await (const chunk of child.stdout) if (Buffer.isBuffer(chunk)) yield chunk;
    const outcome = await ended;
    await fed;
    signal.throwIfAborted();
    if (!Array.isArray(outcome)) throw new GitFailed(`git could not be started: ${String(outcome)}`, -1);
    const code: unknown = outcome[0];
    if (code !== 0) throw new GitFailed((await complaint) || `git ended with ${String(code)}`, Number(code ?? -1));
  } finally {
    child.kill();
    await ended;
  }
}

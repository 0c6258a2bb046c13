import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';

/** The built command line, as an installed package has it. */
export const cliFile = resolve('dist', 'cli', 'main.js');

/** How a command ended. */
export interface CliEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const environment = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', LC_ALL: 'C.UTF-8' };

/** Runs a program to its end. */
export function runProgram(program: string, args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...environment, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', fail);
    child.once('close', (code, signal) =>
      done({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** Runs a command of `fairlead` to its end, as a process of its own; a pipe stands where a terminal would. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  if (!existsSync(cliFile)) throw new Error('run `npm run build` first: the command line is tested as it is installed');
  return runProgram(process.execPath, [cliFile, ...args], options);
}

/** A directory for one test file, removed when its tests are done. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-cli-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

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

const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  LC_ALL: 'C.UTF-8',
};

function spawnProgram(program: string, args: readonly string[], { cwd, env }: CliOptions) {
  return spawn(program, args, { cwd, env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

function endOf(child: ReturnType<typeof spawnProgram>): Promise<CliEnd> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** Runs a program to its end. */
export function runProgram(program: string, args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  return endOf(spawnProgram(program, args, options));
}

/** A command of `fairlead` that goes on until it is asked to end. */
export interface RunningCli {
  /** Resolves once both streams together have said a text. */
  said(text: string): Promise<void>;
  /** Asks it to end, and gives how it ended. */
  end(signal: 'SIGINT' | 'SIGTERM'): Promise<CliEnd>;
}

/** Starts a command of `fairlead` and waits for nothing. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawnProgram(process.execPath, [cliFile, ...args], options);
  const ended = endOf(child);
  return {
    said: (text) =>
      new Promise((resolve, reject) => {
        let heard = '';
        const listen = (chunk: Buffer) => {
          heard += chunk.toString();
          if (heard.includes(text)) resolve();
        };
        for (const stream of [child.stdout, child.stderr]) stream.on('data', listen);
        ended.then(({ stderr }) => reject(new Error(`it ended before it said "${text}": ${stderr}`)), reject);
      }),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
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

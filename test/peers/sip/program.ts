import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** One run of a program that others wrote, with all that it printed. */
export class RealProgram {
  readonly #child: ChildProcess;
  readonly #name: string;
  #output = '';
  readonly #closed: Promise<number>;

  constructor(name: string, command: string, args: readonly string[], directory: string) {
    this.#name = name;
    const env = { PATH: process.env['PATH'], HOME: directory, TERM: 'dumb' };
    this.#child = spawn(command, args, { cwd: directory, env, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString('latin1')));
    }
    this.#closed = once(this.#child, 'close').then(() => this.#child.exitCode ?? 1);
  }

  /** All that it printed so far. */
  get output(): string {
    return this.#output;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Types a line. */
  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Waits for its end; fails with its output unless the exit code is 0. */
  async succeeded(): Promise<void> {
    const code = await this.#closed;
    if (code !== 0) throw new Error(`${this.#name} ended with ${code}:\n${this.#output.slice(-6000)}`);
  }

  /** Ends it, hard when it does not go within two seconds. */
  async stop(): Promise<void> {
    if (this.hasExited) return;
    this.#child.kill('SIGTERM');
    const hard = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await this.#closed;
    clearTimeout(hard);
  }
}

/** A directory that goes with the test. */
export function directoryOf(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-peer-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

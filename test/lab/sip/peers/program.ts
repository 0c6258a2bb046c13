import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../../../src/platform/clock.js';

/** A program that runs beside a test, with all that it prints. */
export class PeerProgram {
  output = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(path: string, args: readonly string[], directory: string) {
    this.#child = spawn(path, args, {
      cwd: directory,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: directory, TERM: 'dumb' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-20_000);
    };
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
    this.#ended = once(this.#child, 'close').then(() => this.#child.exitCode);
  }

  /** Waits until it is ready; throws what it printed when it ends before. */
  async untilReady(isReady: () => Promise<boolean>): Promise<void> {
    while (!(await isReady())) {
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.output}`);
      await systemClock.sleep(5);
    }
  }

  /** Its exit code, null when a signal ended it. */
  end(): Promise<number | null> {
    return this.#ended;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}

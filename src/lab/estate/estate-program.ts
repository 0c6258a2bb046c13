import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.js';
import type { EstatePaths } from './estate-paths.js';
import { EstateProcess, type ProcessEnvironment } from './estate-process.js';

/** How a command of the command line ended. */
export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EstateProgramOptions {
  /** Runs the command line; the built one unless it says otherwise. */
  readonly program?: readonly [string, ...string[]];
  /** Environment of the processes. */
  readonly environment: ProcessEnvironment;
  readonly clock: Clock;
}

/** The built command line, at the same distance from `src` and `dist`. */
const builtCli = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'main.js');
const longestOutputBytes = 64 * 1024 * 1024;

/** The command line as an estate runs it. */
export class EstateProgram {
  readonly #command: readonly [string, ...string[]];
  readonly #options: EstateProgramOptions;
  readonly #paths: EstatePaths;

  constructor(options: EstateProgramOptions, paths: EstatePaths) {
    this.#command = options.program ?? [process.execPath, builtCli];
    this.#options = options;
    this.#paths = paths;
  }

  /** A process that lasts; its output goes to a log named like it. */
  newProcess(name: string, args: readonly string[], isReady: (pid: number) => Promise<boolean>): EstateProcess {
    const { environment, clock } = this.#options;
    const logFile = join(this.#paths.logs, `${name}.log`);
    return new EstateProcess({ name, command: [...this.#command, ...args], environment, logFile, clock, isReady });
  }

  /** Runs a command to its end, in the directory of the estate; 1 stands for an end by a signal. */
  async run(args: readonly string[], moreEnvironment: ProcessEnvironment): Promise<CommandEnd> {
    const [program, ...before] = this.#command;
    const env = { ...this.#options.environment, ...moreEnvironment };
    const options = { env, cwd: this.#paths.directory, maxBuffer: longestOutputBytes };
    return await new Promise((resolve) => {
      const child = execFile(program, [...before, ...args], options, (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? 1, stdout, stderr });
      });
    });
  }
}

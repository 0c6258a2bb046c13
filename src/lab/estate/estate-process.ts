import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';

/** Environment of a process; undefined values are left out. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

export interface EstateProcessOptions {
  /** Stands in messages. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  readonly environment: ProcessEnvironment;
  /** Standard output and error are appended to it. */
  readonly logFile: string;
  readonly clock: Clock;
  /** Whether the process serves; asked again and again after a start. */
  readonly isReady: (pid: number) => Promise<boolean>;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

const readyPollMs = 10;
const readyLimitMs = 30_000;
const stopLimitMs = 15_000;
const shownLogCharacters = 4000;

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
}

/** One program of an estate, as a real process that can be started, stopped, killed and started again. */
export class EstateProcess {
  readonly #options: EstateProcessOptions;
  #running: Running | undefined;
  #lastEnd: ProcessEnd | undefined;

  constructor(options: EstateProcessOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get logFile(): string {
    return this.#options.logFile;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** How it ended the last time; undefined while it has not. */
  get lastEnd(): ProcessEnd | undefined {
    return this.#lastEnd;
  }

  /**
   * Starts it and waits until it serves; a process that runs is left alone.
   * @throws FairleadError `lab.process` with the end of its log when it ends before, or takes longer than 30 s.
   */
  async start(moreEnvironment: ProcessEnvironment = {}): Promise<void> {
    const { pid } = this.launch(moreEnvironment);
    const { clock, isReady, name } = this.#options;
    const deadlineMs = clock.monotonicMs() + readyLimitMs;
    while (!(await isReady(pid))) {
      if (this.#running?.pid !== pid) throw await this.#failure(`${name} ended before it was ready`);
      if (clock.monotonicMs() > deadlineMs)
        throw await this.#failure(`${name} was not ready within ${readyLimitMs} ms`);
      await clock.sleep(readyPollMs);
    }
  }

  /** Starts it and waits for nothing; `ended` resolves when it is over, whatever the reason. */
  launch(moreEnvironment: ProcessEnvironment = {}): { readonly pid: number; readonly ended: Promise<ProcessEnd> } {
    const running = this.#running ?? this.#spawn(moreEnvironment);
    this.#running = running;
    return { pid: running.pid, ended: running.ended };
  }

  /** Asks it to end (SIGTERM), after 15 s kills it. Gives how it ended; undefined when it did not run. */
  async stop(): Promise<ProcessEnd | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    running.child.kill('SIGTERM');
    const timer = this.#options.clock.after(stopLimitMs, () => running.child.kill('SIGKILL'));
    const end = await running.ended;
    timer.cancel();
    return end;
  }

  /** Kills it (SIGKILL) and waits until it is gone. */
  async kill(): Promise<void> {
    this.killNow();
    await this.#running?.ended;
  }

  /** Kills it and waits for nothing, as when this process itself ends. */
  killNow(): void {
    this.#running?.child.kill('SIGKILL');
  }

  /** Stops a process in its tracks (SIGSTOP), so that it is there and does nothing. */
  freeze(): void {
    this.#running?.child.kill('SIGSTOP');
  }

  /** Lets a frozen process go on. */
  thaw(): void {
    this.#running?.child.kill('SIGCONT');
  }

  async restart(moreEnvironment: ProcessEnvironment = {}): Promise<void> {
    await this.stop();
    await this.start(moreEnvironment);
  }

  /** What it wrote, over all its starts. */
  async log(): Promise<string> {
    return await readFile(this.#options.logFile, 'utf8').catch(() => '');
  }

  #spawn(moreEnvironment: ProcessEnvironment): Running {
    const { command, environment, logFile, name } = this.#options;
    const [program, ...args] = command;
    const log = openSync(logFile, 'a', 0o600);
    const env = { ...environment, ...moreEnvironment };
    const child = spawn(program, args, { env, stdio: ['ignore', log, log] });
    closeSync(log);
    if (child.pid === undefined) {
      child.on('error', () => undefined);
      throw new FairleadError('lab.process', `${name} could not be started: ${program}`);
    }
    return { child, pid: child.pid, ended: this.#whenEnded(child) };
  }

  async #whenEnded(child: ChildProcess): Promise<ProcessEnd> {
    await once(child, 'exit');
    const end = { code: child.exitCode, signal: child.signalCode };
    this.#lastEnd = end;
    this.#running = undefined;
    return end;
  }

  async #failure(message: string): Promise<FairleadError> {
    await this.kill();
    const log = (await this.log()).slice(-shownLogCharacters);
    return new FairleadError('lab.process', message, { details: [{ place: this.#options.logFile, message: log }] });
  }
}

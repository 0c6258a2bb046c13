import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../../src/lab/estate/free-port.js';
import { needProgram } from '../../debian-program.js';
import { until } from '../../runtime/sip/sip-kit.js';
import { directoryOf, RealProgram } from './program.js';

const loopback = '127.0.0.1';

/** How one SIPp plays. */
export interface Play {
  /** File in `scenarios`, without its ending. */
  readonly scenario: string;
  /** The scenario for what arrives outside of its own calls. */
  readonly answers?: string;
  /** In place of `{name}` in the scenarios. */
  readonly words?: Readonly<Record<string, string | number>>;
  /** Where it sends to. */
  readonly port: number;
  readonly transport?: 'u1' | 't1' | 'tn';
  readonly localPort?: number;
  readonly calls?: number;
  readonly callsPerSecond?: number;
  /** Waits for calls instead of making them. */
  readonly isServer?: boolean;
}

/** Runs of Debian's SIPp, each with scenarios of our own. */
export class Sipp {
  readonly #program: RealProgram;
  readonly #directory: string;

  private constructor(program: RealProgram, directory: string) {
    this.#program = program;
    this.#directory = directory;
  }

  static isThere(): boolean {
    return needProgram('sipp') !== undefined;
  }

  static async play(t: TestContext, play: Play): Promise<Sipp> {
    const directory = directoryOf(t);
    const { port, transport = 't1', calls = 1, callsPerSecond = 200, answers, isServer = false } = play;
    const localPort = play.localPort ?? (await freePort([loopback], new Set()));
    const scenario = writeScenario(directory, play.scenario, play.words);
    const args = [
      ...['-sf', scenario, '-i', loopback, '-p', String(localPort), '-t', transport, '-m', String(calls)],
      ...[
        '-mp',
        String(await freePort([loopback], new Set([localPort]))),
        '-nostdin',
        '-max_socket',
        '5000',
        '-trace_err',
        '-error_file',
        'errors.log',
      ],
      ...['-trace_logs', '-log_file', 'said.log', '-r', String(callsPerSecond), '-l', String(calls)],
      ...(answers === undefined ? [] : ['-oocsf', writeScenario(directory, answers, play.words)]),
      ...(isServer ? [] : ['-recv_timeout', '15000', `${loopback}:${port}`]),
    ];
    const program = new RealProgram(`sipp ${play.scenario}`, '/usr/bin/sipp', args, directory);
    t.after(() => program.stop());
    return new Sipp(program, directory);
  }

  /** Waits until all its calls went as the scenario says. */
  async succeeded(): Promise<void> {
    await this.#program.succeeded().catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#read('errors.log')}`);
    });
  }

  /** Waits until a scenario logged these words so many times. */
  async said(words: string, times = 1): Promise<void> {
    const count = () => this.#read('said.log').split(words).length - 1;
    await until(
      () => {
        if (this.#program.hasExited && count() < times) throw new Error(`it ended: ${this.#read('errors.log')}`);
        return count() >= times;
      },
      `"${words}" of SIPp, which says ${this.#read('errors.log')}`,
    );
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  #read(name: string): string {
    const path = join(this.#directory, name);
    return existsSync(path) ? readFileSync(path, 'latin1') : '';
  }
}

function writeScenario(directory: string, name: string, words: Play['words'] = {}): string {
  let text = readFileSync(join(import.meta.dirname, 'scenarios', `${name}.xml`), 'utf8');
  for (const [word, value] of Object.entries(words)) text = text.replaceAll(`{${word}}`, String(value));
  const path = join(directory, `${name}.xml`);
  writeFileSync(path, text);
  return path;
}

import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord } from '../src/model/json.js';

/** A line of a log: `time` in milliseconds since the epoch. */
export type LogRecord = Readonly<Record<string, unknown>> & { readonly time: number };

const pollMs = 2;

function recordOf(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  const value: unknown = JSON.parse(line);
  return isRecord(value) && typeof value['time'] === 'number' ? { ...value, time: value['time'] } : undefined;
}

/** Reads what a program appends to its log, without asking the program. */
export class LogFollower {
  readonly #file: FileHandle;
  #rest = '';

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<LogFollower> {
    return new LogFollower(await open(path, 'r'));
  }

  /** The records that came since it was asked last. */
  async read(): Promise<readonly LogRecord[]> {
    const text = this.#rest + (await this.#file.readFile('utf8'));
    const lines = text.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => recordOf(line) ?? []);
  }

  /** Gathers records until one is what is waited for; all of them, that one last or near it. */
  async until(what: string, isIt: (record: LogRecord) => boolean, limitMs: number): Promise<readonly LogRecord[]> {
    const seen: LogRecord[] = [];
    const endMs = performance.now() + limitMs;
    while (performance.now() < endMs) {
      const records = await this.read();
      seen.push(...records);
      if (records.some(isIt)) return seen;
      await sleep(pollMs);
    }
    throw new Error(`${what} was not in the log within ${limitMs} ms: ${JSON.stringify(seen.slice(-3))}`);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

import { mkdir, open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FairleadError } from '../errors.js';
import { writeDurably } from '../platform/durable-file.js';
import { noCrash } from './crash-hook.js';
import type { CrashHook } from './crash-hook.js';

/** What was intended, written before it is done: a JSON Lines file that only grows, and survives power loss line by line. */
export interface Journal<Entry> {
  /** Oldest first. */
  entries(): readonly Entry[];
  /** Resolves when the entry is on the disk. @throws FairleadError `state.storage`; whether it was written is unknown then. */
  append(entry: Entry): Promise<void>;
  /** Replaces all entries at once. */
  rewrite(entries: readonly Entry[]): Promise<void>;
  close(): Promise<void>;
}

/** Gives a line of the file its type; undefined when it has none. */
export type EntryReader<Entry> = (value: unknown) => Entry | undefined;

interface JournalOptions {
  /** Stands before the colon of each crash point. */
  readonly name: string;
  readonly crash?: CrashHook;
}

/** What a file was found to hold. */
interface Found<Entry> {
  readonly entries: readonly Entry[];
  /** Length of the whole lines; what is behind them is torn. */
  readonly bytes: number;
}

function linesOf(entries: readonly unknown[]): Buffer {
  return Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

class FileJournal<Entry> implements Journal<Entry> {
  readonly #path: string;
  readonly #name: string;
  readonly #crash: CrashHook;
  #file: FileHandle | undefined;
  #bytes: number;
  #entries: readonly Entry[];
  #last: Promise<void> = Promise.resolve();

  constructor(path: string, found: Found<Entry>, { name, crash = noCrash }: JournalOptions) {
    this.#path = path;
    this.#name = name;
    this.#crash = crash;
    this.#bytes = found.bytes;
    this.#entries = found.entries;
  }

  entries(): readonly Entry[] {
    return this.#entries;
  }

  append(entry: Entry): Promise<void> {
    return this.#inTurn(async () => {
      const line = linesOf([entry]);
      this.#file ??= await this.#open();
      this.#crash(`${this.#name}:write`);
      await this.#write(this.#file, line);
      this.#bytes += line.length;
      this.#entries = [...this.#entries, entry];
    });
  }

  rewrite(entries: readonly Entry[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#crash(`${this.#name}:rewrite`);
      const lines = linesOf(entries);
      await writeDurably(this.#path, lines);
      await this.#file?.close();
      this.#file = undefined;
      this.#bytes = lines.length;
      this.#entries = entries;
    });
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file?.close();
  }

  async #write(file: FileHandle, line: Buffer): Promise<void> {
    try {
      await file.appendFile(line);
      this.#crash(`${this.#name}:sync`);
      await file.datasync();
    } catch (error) {
      // Half a line in front of the next one could not be told from damage.
      this.#crash(`${this.#name}:cut`);
      await file.truncate(this.#bytes).catch(() => undefined);
      throw error;
    }
  }

  /** Opens the file for growing: makes a new one durable by its name, and cuts off a torn line. */
  async #open(): Promise<FileHandle> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    if (this.#bytes === 0) await writeDurably(this.#path, '');
    const file = await open(this.#path, 'a', 0o600);
    await file.truncate(this.#bytes);
    return file;
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(task).catch((error: unknown) => {
      throw new FairleadError('state.storage', `could not write ${this.#path}`, { cause: error });
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function parseLine<Entry>(line: string, read: EntryReader<Entry>): Entry | undefined {
  try {
    return read(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Reads all whole lines; only the last line may be torn. */
function parse<Entry>(path: string, text: string, read: EntryReader<Entry>): Found<Entry> {
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  const entries: Entry[] = [];
  let bytes = Buffer.byteLength(text) - Buffer.byteLength(torn);
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line, read);
    if (entry !== undefined) entries.push(entry);
    else if (index === lines.length - 1) bytes -= Buffer.byteLength(line) + 1;
    else throw new FairleadError('state.damaged', `${path}:${index + 1}: the line is not an entry of this journal`);
  }
  return { entries, bytes };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new FairleadError('state.storage', `could not read ${path}`, { cause: error });
  }
}

/**
 * Reads a journal, and changes nothing before the first entry is written; a torn last line is dropped.
 * @throws FairleadError `state.damaged` for any other line that cannot be read, `state.storage`
 */
export async function openJournal<Entry>(
  path: string,
  read: EntryReader<Entry>,
  options: JournalOptions,
): Promise<Journal<Entry>> {
  return new FileJournal(path, parse(path, await readText(path), read), options);
}

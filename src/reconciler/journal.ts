import { mkdir, open, readFile, truncate } from 'node:fs/promises';
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

function parseLine<Entry>(line: string, read: EntryReader<Entry>): Entry | undefined {
  try {
    return read(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function linesOf(entries: readonly unknown[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

interface Opened<Entry> {
  readonly path: string;
  readonly file: FileHandle;
  readonly entries: readonly Entry[];
  readonly bytes: number;
}

class FileJournal<Entry> implements Journal<Entry> {
  readonly #path: string;
  readonly #name: string;
  readonly #crash: CrashHook;
  #file: FileHandle;
  #bytes: number;
  #entries: readonly Entry[];
  #last: Promise<void> = Promise.resolve();

  constructor(opened: Opened<Entry>, options: JournalOptions) {
    this.#path = opened.path;
    this.#file = opened.file;
    this.#entries = opened.entries;
    this.#bytes = opened.bytes;
    this.#name = options.name;
    this.#crash = options.crash ?? noCrash;
  }

  entries(): readonly Entry[] {
    return this.#entries;
  }

  append(entry: Entry): Promise<void> {
    return this.#inTurn(async () => {
      const line = Buffer.from(linesOf([entry]));
      try {
        this.#crash(`${this.#name}:write`);
        await this.#file.appendFile(line);
        this.#crash(`${this.#name}:sync`);
        await this.#file.datasync();
      } catch (error) {
        // Half a line in front of the next one could not be told from damage.
        await this.#file.truncate(this.#bytes).catch(() => undefined);
        throw error;
      }
      this.#bytes += line.length;
      this.#entries = [...this.#entries, entry];
    });
  }

  rewrite(entries: readonly Entry[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#crash(`${this.#name}:rewrite`);
      const text = linesOf(entries);
      await writeDurably(this.#path, text);
      await this.#file.close();
      this.#file = await open(this.#path, 'a', 0o600);
      this.#bytes = Buffer.byteLength(text);
      this.#entries = entries;
    });
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#file.close();
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#last
      .catch(() => undefined)
      .then(task)
      .catch((error: unknown) => {
        throw new FairleadError('state.storage', `could not write ${this.#path}`, { cause: error });
      });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** The entries of a text, and how many bytes of it are whole lines; only the last line may be torn. */
function readEntries<Entry>(path: string, text: string, read: EntryReader<Entry>): [readonly Entry[], number] {
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
  return [entries, bytes];
}

/**
 * Opens a journal, or begins one; a torn last line is dropped.
 * @throws FairleadError `state.damaged` for any other line that cannot be read, `state.storage`
 */
export async function openJournal<Entry>(
  path: string,
  read: EntryReader<Entry>,
  options: JournalOptions,
): Promise<Journal<Entry>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const text = await readText(path);
    const [entries, bytes] = readEntries(path, text, read);
    // Writing it afresh also makes the name of a new file durable.
    if (text === '') await writeDurably(path, '');
    else await truncate(path, bytes);
    return new FileJournal({ path, file: await open(path, 'a', 0o600), entries, bytes }, options);
  } catch (error) {
    if (error instanceof FairleadError) throw error;
    throw new FairleadError('state.storage', `could not open ${path}`, { cause: error });
  }
}

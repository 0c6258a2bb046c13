import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { FairleadError } from '../../errors.js';
import { ContentReader } from './content-reader.js';
import type { DirectoryWalk, WalkedEntry } from './directory-walk.js';
import { type Blob, type BlobReader, type Tree, TreeBuilder } from './tree.js';

/** A directory as a tree, with the contents it had when it was read. */
export interface DirectoryTree {
  readonly tree: Tree;
  readonly readBlobs: BlobReader;
}

const filesBetweenTurns = 500;

/** Git's id of a content. */
export function blobId(content: Uint8Array): string {
  return hash('sha1', Buffer.concat([Buffer.from(`blob ${content.byteLength}\0`), content]));
}

/** A walked directory that is read file by file, as git would keep it, with git's ids and limits. */
export class DirectoryReading {
  readonly #entries: readonly WalkedEntry[];
  readonly #reader: ContentReader;
  readonly #known: ReadonlyMap<string, string>;
  readonly #builder = new TreeBuilder();
  readonly #contents = new Map<string, Buffer>();
  /** What was not read, by the id of its content. */
  readonly #unread = new Map<string, WalkedEntry>();
  readonly #ids: (readonly [entry: WalkedEntry, id: string])[] = [];

  /** `known` has the ids of contents by the stamps of the entries that held them: such entries are not read again. */
  constructor({ root, entries }: DirectoryWalk, known: ReadonlyMap<string, string> = new Map()) {
    this.#entries = entries;
    this.#reader = new ContentReader(root);
    this.#known = known;
  }

  /** How many files had to be read. */
  get filesRead(): number {
    return this.#contents.size;
  }

  /**
   * Reads the directory, and gives each content once, when it was read.
   * @throws FairleadError `source.unreachable` when a file cannot be read; the reason of the signal
   */
  async *contents(signal: AbortSignal): AsyncGenerator<Blob, void> {
    for (const [index, entry] of this.#entries.entries()) {
      if (index % filesBetweenTurns === 0) await setImmediate();
      signal.throwIfAborted();
      if (!this.#builder.accepts(entry.path, entry.type, entry.bytes)) continue;
      const blob = this.#readEntry(entry);
      if (this.#builder.isFull) break;
      if (blob !== undefined) yield blob;
    }
  }

  /** Its content, if it is a new one. */
  #readEntry(entry: WalkedEntry): Blob | undefined {
    const known = this.#known.get(entry.stamp);
    const content = known === undefined ? this.#reader.read(entry) : undefined;
    const id = known ?? blobId(content ?? Buffer.alloc(0));
    this.#ids.push([entry, id]);
    this.#builder.add({ path: entry.path, id, bytes: content?.byteLength ?? entry.bytes });
    if (content === undefined) this.#unread.set(id, entry);
    if (content === undefined || this.#contents.has(id)) return undefined;
    this.#contents.set(id, content);
    return { id, content };
  }

  /** What was read so far. */
  tree(): DirectoryTree {
    return { tree: this.#builder.build(), readBlobs: (ids) => this.#blobsOf(ids) };
  }

  /** Ids of contents by the stamps of their entries, of those that were last changed before a time. */
  idsBefore(timeMs: number): ReadonlyMap<string, string> {
    return new Map(this.#ids.filter(([{ changedMs }]) => changedMs < timeMs).map(([{ stamp }, id]) => [stamp, id]));
  }

  async *#blobsOf(ids: readonly string[]): AsyncGenerator<Blob, void> {
    for (const id of ids) {
      const content = this.#contents.get(id) ?? this.#readLate(id);
      if (content !== undefined) yield await Promise.resolve({ id, content });
    }
  }

  #readLate(id: string): Buffer | undefined {
    const entry = this.#unread.get(id);
    if (entry === undefined) return undefined;
    const content = this.#reader.read(entry);
    if (blobId(content) === id) return content;
    const mend = 'Run it again when nothing writes there.';
    throw new FairleadError('source.unreachable', `${entry.path} changed while it was read`, { mend });
  }
}

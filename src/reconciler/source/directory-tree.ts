import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FairleadError } from '../../errors.js';
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
  return createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex');
}

function readRegular(root: string, { path }: WalkedEntry): Buffer {
  // Between listing and reading, a file may have become a link or a pipe: neither is followed nor waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const descriptor = openSync(join(root, path), flags);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readEntry(root: string, entry: WalkedEntry): Buffer {
  try {
    return readRegular(root, entry);
  } catch (error) {
    const message = `could not read ${join(root, entry.path)}`;
    throw new FairleadError('source.unreachable', message, { cause: error, mend: 'Check the file and its rights.' });
  }
}

/** A walked directory that is read file by file, as git would keep it, with git's ids and limits. */
export class DirectoryReading {
  readonly #walk: DirectoryWalk;
  readonly #builder = new TreeBuilder();
  readonly #contents = new Map<string, Buffer>();

  constructor(walk: DirectoryWalk) {
    this.#walk = walk;
  }

  /**
   * Reads the directory, and gives each content once, when it was read.
   * @throws FairleadError `source.unreachable` when a file cannot be read; the reason of the signal
   */
  async *contents(signal: AbortSignal): AsyncGenerator<Blob, void> {
    const { root, entries } = this.#walk;
    for (const [index, entry] of entries.entries()) {
      if (index % filesBetweenTurns === 0) await setImmediate();
      signal.throwIfAborted();
      if (!this.#builder.accepts(entry.path, entry.type, entry.bytes)) continue;
      const content = readEntry(root, entry);
      const id = blobId(content);
      this.#builder.add({ path: entry.path, id, bytes: content.byteLength });
      if (this.#builder.isFull) break;
      if (this.#contents.has(id)) continue;
      this.#contents.set(id, content);
      yield { id, content };
    }
  }

  /** What was read so far. */
  tree(): DirectoryTree {
    return { tree: this.#builder.build(), readBlobs: (ids) => blobsOf(this.#contents, ids) };
  }
}

/**
 * Reads a walked directory to its end.
 * @throws as `DirectoryReading.contents` does
 */
export async function readDirectoryTree(walk: DirectoryWalk, signal: AbortSignal): Promise<DirectoryTree> {
  const reading = new DirectoryReading(walk);
  const contents = reading.contents(signal);
  while ((await contents.next()).done !== true);
  return reading.tree();
}

async function* blobsOf(contents: ReadonlyMap<string, Buffer>, ids: readonly string[]): AsyncGenerator<Blob, void> {
  for (const id of ids) {
    const content = contents.get(id);
    if (content !== undefined) yield await Promise.resolve({ id, content });
  }
}

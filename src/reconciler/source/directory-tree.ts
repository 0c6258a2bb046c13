import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FairleadError } from '../../errors.js';
import type { DirectoryWalk, WalkedEntry } from './directory-walk.js';
import { type BlobReader, type Tree, TreeBuilder } from './tree.js';

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

/**
 * Reads a walked directory as git would keep it, with git's ids and limits.
 * @throws FairleadError `source.unreachable` when a file cannot be read; the reason of the signal
 */
export async function readDirectoryTree({ root, entries }: DirectoryWalk, signal: AbortSignal): Promise<DirectoryTree> {
  const builder = new TreeBuilder();
  const contents = new Map<string, Buffer>();
  for (const [index, entry] of entries.entries()) {
    if (index % filesBetweenTurns === 0) await setImmediate();
    signal.throwIfAborted();
    if (!builder.accepts(entry.path, entry.type, entry.bytes)) continue;
    const content = readEntry(root, entry);
    const id = blobId(content);
    contents.set(id, content);
    builder.add({ path: entry.path, id, bytes: content.byteLength });
    if (builder.isFull) break;
  }
  return { tree: builder.build(), readBlobs: (ids) => blobsOf(contents, ids) };
}

async function* blobsOf(
  contents: ReadonlyMap<string, Buffer>,
  ids: readonly string[],
): AsyncGenerator<{ readonly id: string; readonly content: Buffer }, void> {
  for (const id of ids) {
    const content = contents.get(id);
    if (content !== undefined) yield await Promise.resolve({ id, content });
  }
}

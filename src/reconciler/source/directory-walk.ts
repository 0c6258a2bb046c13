import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FairleadError } from '../../errors.js';
import { type EntryType, isDocumentName, isVisible, treeLimits } from './tree.js';

/** An entry of a directory that a tree may have something to say about. */
export interface WalkedEntry {
  /** From the root of the walk, with forward slashes. */
  readonly path: string;
  readonly type: EntryType;
  readonly bytes: number;
  /** Changes whenever the entry is written to: over path, inode, size and times. */
  readonly stamp: string;
  /** The later one of its modification and its status change, in milliseconds since the epoch. */
  readonly changedMs: number;
}

/** What was found below a directory, without reading any file. */
export interface DirectoryWalk {
  readonly root: string;
  readonly entries: readonly WalkedEntry[];
  /** Changes whenever an entry comes, goes or is written to: over paths, inodes, sizes and times. */
  readonly stamp: string;
  /** The newest modification or status change of an entry, in milliseconds since the epoch. */
  readonly newestMs: number;
}

/** Beyond what a tree may hold, so that a walk into a foreign place ends. */
const mostEntries = 4 * treeLimits.files;

interface Progress {
  readonly root: string;
  readonly signal: AbortSignal;
  readonly entries: WalkedEntry[];
}

function note(progress: Progress, path: string, type: EntryType): void {
  if (progress.entries.length >= mostEntries)
    throw new FairleadError('source.refused', `${progress.root} holds more than ${mostEntries} entries`);
  const { ino, size, mode, mtimeMs, ctimeMs } = lstatSync(`${progress.root}/${path}`);
  const stamp = `${path}\0${type} ${ino} ${size} ${mode} ${mtimeMs} ${ctimeMs}`;
  progress.entries.push({ path, type, bytes: size, stamp, changedMs: Math.max(mtimeMs, ctimeMs) });
}

async function walkInto(progress: Progress, directory: string, entry: Dirent): Promise<void> {
  const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
  if (!isVisible(path)) return;
  if (entry.isDirectory()) await walkDirectory(progress, path);
  else if (entry.isSymbolicLink()) note(progress, path, 'symlink');
  else if (entry.isFile() && isDocumentName(path)) note(progress, path, 'file');
}

async function walkDirectory(progress: Progress, directory: string): Promise<void> {
  progress.signal.throwIfAborted();
  // A turn of the loop for each directory, in which a signal can come; asking a thread to read it would take longer.
  await setImmediate();
  const entries = readdirSync(join(progress.root, directory), { withFileTypes: true });
  // Git keeps a repository inside of another one as a submodule.
  if (directory !== '' && entries.some(({ name }) => name === '.git')) {
    note(progress, directory, 'submodule');
    return;
  }
  for (const entry of entries) {
    await walkInto(progress, directory, entry);
  }
}

/**
 * Lists what is visible below a directory; links are not followed, other repositories not entered.
 * @throws FairleadError `source.unreachable` when it cannot be listed, `source.refused` when it is far too large
 */
export async function walkDirectoryTree(root: string, signal: AbortSignal): Promise<DirectoryWalk> {
  const progress: Progress = { root, signal, entries: [] };
  try {
    await walkDirectory(progress, '');
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FairleadError) throw error;
    throw new FairleadError('source.unreachable', `could not list ${root}`, {
      cause: error,
      mend: 'Check the path and its rights.',
    });
  }
  const { entries } = progress;
  const stamp = createHash('sha256')
    .update(entries.map((entry) => `${entry.stamp}\n`).join(''))
    .digest('hex');
  const newestMs = entries.reduce((newest, { changedMs }) => Math.max(newest, changedMs), 0);
  return { root, entries, stamp, newestMs };
}

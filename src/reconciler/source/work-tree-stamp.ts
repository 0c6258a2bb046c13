import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nowhere, systemPath } from './git-environment.js';
import { isDocumentName, isVisible } from './tree.js';

/** What the index knows with mode and blob id, then what differs from it, then what it does not know. */
const listArguments = ['ls-files', '--stage', '-v', '--modified', '--deleted', '--others', '-z', '--', '.'];
/** The user's own work tree: git refuses one that belongs to somebody else, and starts none of its helpers. */
const environment = {
  PATH: systemPath,
  HOME: nowhere,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: nowhere,
  GIT_OPTIONAL_LOCKS: '0',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'core.fsmonitor',
  GIT_CONFIG_VALUE_0: 'false',
};
const largestListingBytes = 67_108_864;
/** Beyond this, walking the directory is no slower. */
const mostUncommitted = 2_000;

function listFiles(root: string, signal: AbortSignal): Promise<Buffer | undefined> {
  const options = { cwd: root, env: environment, signal, maxBuffer: largestListingBytes, encoding: 'buffer' } as const;
  return new Promise((resolve) => {
    execFile('git', listArguments, options, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}

/** The records of a listing that are not simply as the index says; undefined when git was told to look away from a file. */
function uncommittedIn(listing: Buffer): readonly string[] | undefined {
  const uncommitted: string[] = [];
  for (let start = 0; start < listing.length; ) {
    const end = listing.indexOf(0, start);
    if (end < 0) return undefined;
    const tag = listing.toString('latin1', start, start + 1);
    if (tag !== 'H') uncommitted.push(listing.toString('utf8', start, end));
    if (!'H?CR'.includes(tag) || uncommitted.length > mostUncommitted) return undefined;
    start = end + 1;
  }
  return uncommitted;
}

/** The path of a record, `? path` or `C mode id stage<TAB>path`. */
function pathOf(record: string): string {
  return record.startsWith('? ') ? record.slice(2) : record.slice(record.indexOf('\t') + 1);
}

function readEntry(root: string, path: string): Buffer | string {
  const descriptor = openSync(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return fstatSync(descriptor).isFile() && isDocumentName(path) ? readFileSync(descriptor) : 'other';
  } finally {
    closeSync(descriptor);
  }
}

/** What stands at a path, as far as it matters: the content of a document, or why there is none. */
function entryAt(root: string, path: string): Buffer | string {
  try {
    return readEntry(root, path);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
  }
}

/**
 * A text that changes whenever something visible below a directory does, as git sees its work tree: a fraction of the time
 * of a walk. Undefined outside of work trees, without git, and where git cannot be relied on.
 */
export async function workTreeStamp(root: string, signal: AbortSignal): Promise<string | undefined> {
  const listing = await listFiles(root, signal);
  if (listing === undefined) return undefined;
  const uncommitted = uncommittedIn(listing);
  if (uncommitted === undefined) return undefined;
  const hash = createHash('sha256').update(listing);
  for (const path of uncommitted.map(pathOf).filter(isVisible)) {
    const entry = entryAt(root, path);
    hash.update(`\0${path}\0${entry.length}\0`).update(entry);
  }
  return `git ${hash.digest('hex')}`;
}

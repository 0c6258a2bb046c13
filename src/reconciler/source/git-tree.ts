import { gitOutput } from './git-stream.js';
import type { GitEnvironment } from './git-environment.js';

/** An entry of a tree as git keeps it. */
export interface GitEntry {
  readonly mode: string;
  /** 40 hex digits. */
  readonly id: string;
  /** 0 for a submodule. */
  readonly bytes: number;
  /** With forward slashes; undecodable bytes are U+FFFD. */
  readonly path: string;
}

function parseEntry(record: string): GitEntry {
  const tab = record.indexOf('\t');
  const [mode = '', , id = '', bytes = ''] = record.slice(0, tab).split(/ +/);
  return { mode, id, bytes: Number(bytes) || 0, path: record.slice(tab + 1) };
}

/** Lists every entry below a tree that a mirror holds, in git's order. */
export async function* gitEntries(
  directory: string,
  treeId: string,
  environment: GitEnvironment,
  signal: AbortSignal,
): AsyncGenerator<GitEntry, void> {
  const args = ['ls-tree', '-r', '-z', '--long', '--full-tree', treeId];
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of gitOutput({ directory, args, environment }, signal)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(0) + 1;
    rest = bytes.subarray(end);
    for (const record of bytes.toString('utf8', 0, end).split('\0')) if (record !== '') yield parseEntry(record);
  }
}

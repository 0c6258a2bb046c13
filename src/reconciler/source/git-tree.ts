import type { GitEnvironment } from './git-environment.js';
import { gitOutput } from './git-stream.js';
import { type EntryType, type Tree, TreeBuilder } from './tree.js';

/** An entry of a tree as git keeps it. */
interface GitEntry {
  readonly mode: string;
  readonly id: string;
  readonly bytes: number;
  readonly path: string;
}

const types: Readonly<Record<string, EntryType>> = {
  100644: 'file',
  100755: 'file',
  120000: 'symlink',
  160000: 'submodule',
};

function parseEntry(record: string): GitEntry {
  const tab = record.indexOf('\t');
  const [mode = '', , id = '', bytes = ''] = record.slice(0, tab).split(/ +/);
  return { mode, id, bytes: Number(bytes) || 0, path: record.slice(tab + 1) };
}

async function* entriesOf(output: AsyncIterable<Buffer>): AsyncGenerator<GitEntry, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of output) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(0) + 1;
    rest = bytes.subarray(end);
    for (const record of bytes.toString('utf8', 0, end).split('\0')) if (record !== '') yield parseEntry(record);
  }
}

/**
 * Lists the files of a commit or a tree object of a mirror, without reading them.
 * @throws GitFailed when the tree is missing or damaged
 */
export async function readGitTree(
  directory: string,
  treeish: string,
  environment: GitEnvironment,
  signal: AbortSignal,
): Promise<Tree> {
  const args = ['ls-tree', '-r', '-z', '--long', '--full-tree', treeish];
  const builder = new TreeBuilder();
  for await (const { mode, id, bytes, path } of entriesOf(gitOutput({ directory, args, environment }, signal))) {
    if (builder.accepts(path, types[mode] ?? 'submodule', bytes)) builder.add({ path, id, bytes });
    if (builder.isFull) break;
  }
  return builder.build();
}

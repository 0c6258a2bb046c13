import { GitFailed } from './git.js';
import { gitOutput } from './git-stream.js';
import type { GitEnvironment } from './git-environment.js';

/** A blob with its id. */
export interface GitBlob {
  readonly id: string;
  readonly content: Buffer;
}

interface Header {
  readonly id: string;
  readonly bytes: number;
}

function parseHeader(line: string): Header {
  const [id = '', type = '', size = ''] = line.split(' ');
  if (type !== 'blob') throw new GitFailed(`object ${id} is ${type || 'nothing'}, not a blob`, -1);
  return { id, bytes: Number(size) };
}

/** Cuts the output of `cat-file --batch` into blobs: a header line, the content, a line end. */
function* cut(buffer: Buffer): Generator<GitBlob, number> {
  let at = 0;
  for (;;) {
    const lineEnd = buffer.indexOf(10, at);
    if (lineEnd < 0) return at;
    const { id, bytes } = parseHeader(buffer.toString('latin1', at, lineEnd));
    const end = lineEnd + 1 + bytes;
    if (end + 1 > buffer.length) return at;
    yield { id, content: buffer.subarray(lineEnd + 1, end) };
    at = end + 1;
  }
}

/**
 * Reads blobs of a mirror with one process, in the order of the ids.
 * @throws GitFailed when one is missing or damaged
 */
export async function* gitBlobs(
  directory: string,
  ids: readonly string[],
  environment: GitEnvironment,
  signal: AbortSignal,
): AsyncGenerator<GitBlob, void> {
  if (ids.length === 0) return;
  const input = ids.map((id) => `${id}\n`);
  let pieces: Buffer[] = [];
  let count = 0;
  for await (const chunk of gitOutput({ directory, args: ['cat-file', '--batch'], environment, input }, signal)) {
    pieces.push(chunk);
    const buffer = pieces.length === 1 ? chunk : Buffer.concat(pieces);
    const blobs = cut(buffer);
    let next = blobs.next();
    for (; next.done !== true; next = blobs.next()) {
      count += 1;
      yield next.value;
    }
    pieces = next.value < buffer.length ? [buffer.subarray(next.value)] : [];
  }
  if (count !== ids.length) throw new GitFailed(`git gave ${count} of ${ids.length} blobs`, -1);
}

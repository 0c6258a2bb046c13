import { readFile } from 'node:fs/promises';
import { FairleadError } from '../../errors.js';
import { valueDigest } from '../../model/digest.js';
import { isRecord } from '../../model/json.js';
import { writeDurably } from '../../platform/durable-file.js';

/** What was found where a state file should be. */
export type FoundState =
  | { readonly found: 'nothing' }
  | { readonly found: 'content'; readonly content: unknown }
  | { readonly found: 'torn'; readonly reason: string };

/**
 * Replaces a state file, mode 0600, with its content under a checksum.
 * @throws FairleadError `node.storage`
 */
export async function writeState(path: string, content: object): Promise<void> {
  await writeDurably(path, `${JSON.stringify({ checksum: valueDigest(content), content })}\n`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function parse(text: string): FoundState {
  const stored: unknown = JSON.parse(text);
  if (!isRecord(stored)) return { found: 'torn', reason: 'it is not a state file' };
  const { checksum, content } = stored;
  if (checksum !== valueDigest(content)) return { found: 'torn', reason: 'its checksum does not fit its content' };
  return { found: 'content', content };
}

/**
 * Reads a state file; damage is an answer, not an error.
 * @throws FairleadError `node.storage` when the file is there but cannot be read.
 */
export async function readState(path: string): Promise<FoundState> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw new FairleadError('node.storage', `could not read ${path}`, { cause: error });
  });
  if (text === undefined) return { found: 'nothing' };
  try {
    return parse(text);
  } catch {
    return { found: 'torn', reason: 'it is not complete' };
  }
}

import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FairleadError } from '../errors.js';

/** Steps of a durable write or removal, in order; a crash test stops the process before any of them. */
export type DurableStep = 'open' | 'write' | 'sync' | 'rename' | 'remove' | 'sync-directory';

/** Told before each step of a durable write or removal; used to enumerate crash points. */
export type DurableStepListener = (step: DurableStep, path: string) => void;

let listener: DurableStepListener | undefined;

/** Installs the one listener of this process; `undefined` removes it. */
export function onDurableStep(next: DurableStepListener | undefined): void {
  listener = next;
}

function refusal(what: string, cause: unknown): FairleadError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new FairleadError('node.storage', `${what}${code}`, { cause });
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeNew(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  listener?.('open', path);
  const handle = await open(path, 'w', mode);
  try {
    listener?.('write', path);
    await handle.writeFile(content);
    listener?.('sync', path);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file so that a crash leaves either the old or the new content, and the new one survives power loss.
 * @throws FairleadError `node.storage` when the disk refuses; the old file is untouched then.
 */
export async function writeDurably(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await writeNew(temporary, content, mode);
    listener?.('rename', path);
    await rename(temporary, path);
    listener?.('sync-directory', path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw refusal(`could not write ${path}`, error);
  }
}

/**
 * Removes a file durably; a file that is not there is fine.
 * @throws FairleadError `node.storage` when the disk refuses.
 */
export async function removeDurably(path: string): Promise<void> {
  try {
    listener?.('remove', path);
    await rm(path, { force: true });
    listener?.('sync-directory', path);
    await syncDirectory(dirname(path));
  } catch (error) {
    throw refusal(`could not remove ${path}`, error);
  }
}

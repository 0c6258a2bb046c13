import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { FairleadError } from '../errors.js';
import { writeDurably } from '../platform/durable-file.js';
import type { CrashHook } from './crash-hook.js';

/** Gives the JSON value of a state file; undefined when there is none that can be read. */
export async function readState(path: string): Promise<unknown> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return value;
  } catch {
    return undefined;
  }
}

/** Replaces a state file durably, and makes its directory when it is missing. @throws FairleadError `state.storage` */
export async function writeState(path: string, value: unknown, crash: CrashHook): Promise<void> {
  try {
    crash(`state:${basename(path)}`);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(path, JSON.stringify(value));
  } catch (error) {
    throw new FairleadError('state.storage', `could not write ${path}`, { cause: error });
  }
}

import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../model/json.js';
import { readCache, writeCache } from './cache-file.js';
import type { SourceCheck } from './source-check.js';
import { programVersion } from './program-version.js';

/** A check that was made before, and what it holds for. */
export interface KeptCheck {
  /** Digest of the tree that was checked. */
  readonly tree: string;
  /** Of the walk that led to it; empty when a file was still warm, since it could change without a trace. */
  readonly stamp: string;
  /** Of git, where the directory is in a work tree. */
  readonly workTree?: string | undefined;
  readonly check: SourceCheck;
}

const keptChecks = 16;

function isKeptCheck(value: unknown): value is KeptCheck {
  return (
    isRecord(value) &&
    typeof value['tree'] === 'string' &&
    typeof value['stamp'] === 'string' &&
    isRecord(value['check'])
  );
}

/** Where the check of something is kept: two files that begin with this path. */
export function keptPath(cacheDir: string, identity: string): string {
  return join(cacheDir, createHash('sha256').update(identity).digest('hex').slice(0, 32));
}

/** Where the files that a check has read are kept. */
export function keptFilesPath(path: string): string {
  return `${path}.files`;
}

/** The check that was kept; undefined when there is none of this version of the program. */
export async function readKept(path: string): Promise<KeptCheck | undefined> {
  const found = await readCache(`${path}.check`, programVersion());
  return isKeptCheck(found) ? found : undefined;
}

/** Keeps a check, and removes those that were made longest ago. */
export async function writeKept(cacheDir: string, path: string, kept: KeptCheck): Promise<void> {
  await writeCache(`${path}.check`, programVersion(), kept);
  await removeOldest(cacheDir).catch(() => undefined);
}

async function removeOldest(cacheDir: string): Promise<void> {
  const names = (await readdir(cacheDir)).filter((name) => name.endsWith('.check'));
  const ages = await Promise.all(names.map(async (name) => ({ name, ms: (await stat(join(cacheDir, name))).mtimeMs })));
  for (const { name } of ages.toSorted((a, b) => b.ms - a.ms).slice(keptChecks)) {
    await rm(join(cacheDir, name), { force: true });
    await rm(join(cacheDir, name.replace(/check$/, 'files')), { force: true });
  }
}

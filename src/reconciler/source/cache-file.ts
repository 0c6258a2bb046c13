import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const largestCache = 268_435_456;

function headerOf(version: string, body: Uint8Array | string): string {
  return `fairlead-cache ${version} ${createHash('sha256').update(body).digest('hex')}\n`;
}

async function readBounded(path: string): Promise<Buffer | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      return size > largestCache ? undefined : await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/**
 * Reads a value that was kept to save work. Undefined when it is not there, was written by another version of the
 * program, or is torn: whatever a cache does not give is worked out again.
 */
export async function readCache(path: string, version: string): Promise<unknown> {
  const content = await readBounded(path);
  if (content === undefined) return undefined;
  const body = content.subarray(content.indexOf(10) + 1);
  if (content.toString('latin1', 0, content.length - body.length) !== headerOf(version, body)) return undefined;
  const value: unknown = JSON.parse(body.toString('utf8'));
  return value;
}

/** Keeps a value for `readCache`; it is safe to delete at any time, and a disk that refuses costs nothing but the time. */
export async function writeCache(path: string, version: string, value: unknown): Promise<void> {
  const body = JSON.stringify(value);
  const temporary = `${path}.${process.pid}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(temporary, `${headerOf(version, body)}${body}`, { mode: 0o600 });
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'fairlead-test-';
/** Whose process cannot be seen may live where this one cannot look, so nothing younger is touched. */
const staleAfterMs = 3_600_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isStale(path: string, name: string): boolean {
  const pid = Number(/^fairlead-test-(\d+)-/.exec(name)?.[1]);
  return pid > 0 && !isAlive(pid) && Date.now() - statSync(path).mtimeMs > staleAfterMs;
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Somebody else's, or busy: the next run tries again.
  }
}

/** Makes a directory for everything that a test run puts aside, gone when the process ends, and removes those of runs that were killed. */
export function ownTemporaryDirectory(parent = tmpdir()): string {
  for (const name of readdirSync(parent).filter((one) => one.startsWith(prefix))) {
    const path = join(parent, name);
    if (isStale(path, name)) removeQuietly(path);
  }
  const directory = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  process.on('exit', () => removeQuietly(directory));
  return directory;
}

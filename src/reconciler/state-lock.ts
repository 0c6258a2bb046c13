import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '../errors.js';

/** The right of one process to a state directory. */
export interface StateLock {
  release(): Promise<void>;
}

const mostTakeovers = 3;

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** What tells a process from a later one with the same number: when it began, in clock ticks since boot. Empty off Linux. */
async function startOf(pid: number): Promise<string> {
  const stat = await readOrEmpty(`/proc/${pid}/stat`);
  // The name of the program, in parentheses, may hold spaces; the start time is field 22, the 20th behind it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isHeld(owner: string): Promise<boolean> {
  const [pidText = '', start = ''] = owner.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isRunning(pid)) return false;
  return start === '' || start === (await startOf(pid));
}

async function tryLink(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function take(mine: string, path: string): Promise<boolean> {
  for (let attempt = 0; attempt < mostTakeovers; attempt += 1) {
    if (await tryLink(mine, path)) return true;
    const owner = await readOrEmpty(path);
    if (await isHeld(owner)) return false;
    const stale = `${mine}.stale`;
    await rename(path, stale).catch(() => undefined);
    // Somebody faster may have taken it over between reading and renaming: it gets its lock back.
    if ((await readOrEmpty(stale)) !== owner) await tryLink(stale, path);
    await rm(stale, { force: true });
  }
  return false;
}

/**
 * Takes a state directory for this process; what a killed process held is taken over.
 * @throws FairleadError `state.locked`, `state.storage`
 */
export async function lockState(stateDir: string): Promise<StateLock> {
  const path = join(stateDir, 'lock');
  const mine = `${path}.${process.pid}`;
  let taken: boolean;
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await writeFile(mine, `${process.pid} ${await startOf(process.pid)}\n`, { mode: 0o600 });
    taken = await take(mine, path).finally(() => rm(mine, { force: true }));
  } catch (error) {
    throw new FairleadError('state.storage', `could not lock ${stateDir}`, { cause: error });
  }
  if (taken) return { release: () => rm(path, { force: true }) };
  const owner = (await readOrEmpty(path)).split(' ')[0] ?? '';
  throw new FairleadError('state.locked', `${stateDir} is used by process ${owner}`);
}

import { readdir, readFile } from 'node:fs/promises';
import { cpuSecondsOf } from '../process-figures.js';

async function parentOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

/** A process and those it has forked, such as the workers of a server. */
export async function processTree(root: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const children = new Map<number, number[]>();
  for (const pid of pids) {
    const parent = await parentOf(pid);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): readonly number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
}

export async function cpuSecondsOfAll(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map((pid) => cpuSecondsOf(pid)));
  return each.reduce((sum, one) => sum + one, 0);
}

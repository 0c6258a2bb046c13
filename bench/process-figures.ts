import { readFile } from 'node:fs/promises';

/** Linux reports times in hundredths of a second whatever its own tick is. */
const ticksPerSecond = 100;

async function statOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program may hold anything, but the last parenthesis ends it.
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

/** User and system time that a process has taken so far, and of the children it has waited for. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = (await statOf(pid)).slice(11, 15);
  return (user + system + childUser + childSystem) / ticksPerSecond;
}

export interface Residence {
  readonly megabytes: number;
  readonly peakMegabytes: number;
}

/** Resident memory of a process, now and at its most. */
export async function residenceOf(pid: number): Promise<Residence> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [megabytes, peakMegabytes] = ['VmRSS', 'VmHWM'].map(
    (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024,
  );
  return { megabytes: megabytes ?? 0, peakMegabytes: peakMegabytes ?? 0 };
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';

const taskset = '/usr/bin/taskset';
const proxyCpu = '0';
const otherCpu = '1';

/** Whether what is measured gets a processor of its own; load and servers then share the other. */
export const isPinned = existsSync(taskset) && cpus().length > 1;

/** A command that runs on the processor of what is measured. */
export function onProxyCpu(...command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return isPinned ? [taskset, '-c', proxyCpu, ...command] : command;
}

/** Moves a process with all its threads to the processor of load and servers. */
export function moveToOtherCpu(pid: number): void {
  if (isPinned) execFileSync(taskset, ['-a', '-c', '-p', otherCpu, String(pid)], { stdio: 'ignore' });
}

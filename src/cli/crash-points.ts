import { appendFileSync, readFileSync } from 'node:fs';
import type { Io } from './io.js';

/** Told before each step whose interruption must be survivable. */
export type CrashHook = (point: string) => void;

/** The number in the file; undefined while it is not there. */
function readOrder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * For crash tests: `FAIRLEAD_CRASH_ORDER` names a file. Once it is there, points are counted from 1, `FAIRLEAD_CRASH_LOG` names a file
 * that gets a line for each, and at the point whose number the order holds the process kills itself with SIGKILL. Undefined without it.
 */
export function crashHookOf(io: Pick<Io, 'env'>): CrashHook | undefined {
  const { FAIRLEAD_CRASH_ORDER: orderFile, FAIRLEAD_CRASH_LOG: log } = io.env;
  if (orderFile === undefined) return undefined;
  let order: number | undefined;
  let count = 0;
  return (point) => {
    order ??= readOrder(orderFile);
    if (order === undefined) return;
    count += 1;
    if (log !== undefined) appendFileSync(log, `${count} ${point}\n`);
    if (count === order) process.kill(process.pid, 'SIGKILL');
  };
}

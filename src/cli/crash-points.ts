import { appendFileSync } from 'node:fs';
import type { Io } from './io.js';

/** Told before each step whose interruption must be survivable. */
export type CrashHook = (point: string) => void;

/**
 * For crash tests: `FAIRLEAD_CRASH_LOG` names a file that gets a line per point, and `FAIRLEAD_CRASH_AT` the number (from 1) of the point
 * at which the process kills itself with SIGKILL. Undefined when neither is set.
 */
export function crashHookOf(io: Pick<Io, 'env'>): CrashHook | undefined {
  const log = io.env['FAIRLEAD_CRASH_LOG'];
  const at = Number(io.env['FAIRLEAD_CRASH_AT'] ?? '0');
  if (log === undefined && at === 0) return undefined;
  let count = 0;
  return (point) => {
    count += 1;
    if (log !== undefined) appendFileSync(log, `${count} ${point}\n`);
    if (count === at) process.kill(process.pid, 'SIGKILL');
  };
}

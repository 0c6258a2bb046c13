import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessTiming {
  readonly wallSeconds: number;
  /** User and system time of the process and the children it waited for. */
  readonly cpuSeconds: number;
  readonly exitCode: number;
  readonly output: string;
}

/** Times a command as a whole process, with the shell's own accounting. */
export async function timeProcess(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): Promise<ProcessTiming> {
  const script = 'TIMEFORMAT="FAIRLEAD-TIME %R %U %S"; time "$@"; code=$?; echo "FAIRLEAD-EXIT $code" >&2';
  const { stdout, stderr } = await run('bash', ['-c', script, 'bash', ...command], {
    cwd,
    env,
    maxBuffer: 512 * 1024 * 1024,
  });
  const [, wall = '0', user = '0', system = '0'] = /FAIRLEAD-TIME (\S+) (\S+) (\S+)/.exec(stderr) ?? [];
  const [, code = '1'] = /FAIRLEAD-EXIT (\d+)/.exec(stderr) ?? [];
  return { wallSeconds: Number(wall), cpuSeconds: Number(user) + Number(system), exitCode: Number(code), output: stdout + stderr };
}

export interface Spread {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { minimum: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, maximum: sorted.at(-1) ?? 0 };
}

/** The `share` quantile (0 to 1) of values that need not be sorted. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

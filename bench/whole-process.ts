import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const longestOutputBytes = 256 * 1024 * 1024;
const limitMs = 120_000;

export interface ProcessTiming {
  readonly wallSeconds: number;
  /** User and system time of the process and the children it waited for. */
  readonly cpuSeconds: number;
  readonly exitCode: number;
  readonly output: string;
}

/** Times a command from its start to its end, with the shell's own accounting. */
export async function timeProcess(command: readonly string[], cwd: string): Promise<ProcessTiming> {
  const script = 'TIMEFORMAT="FAIRLEAD-TIME %R %U %S"; time "$@"; code=$?; echo "FAIRLEAD-EXIT $code" >&2';
  const options = { cwd, maxBuffer: longestOutputBytes, timeout: limitMs };
  const { stdout, stderr } = await run('bash', ['-c', script, 'bash', ...command], options);
  const [, wall = '0', user = '0', system = '0'] = /FAIRLEAD-TIME (\S+) (\S+) (\S+)/.exec(stderr) ?? [];
  const [, code = '1'] = /FAIRLEAD-EXIT (\d+)/.exec(stderr) ?? [];
  return {
    wallSeconds: Number(wall),
    cpuSeconds: Number(user) + Number(system),
    exitCode: Number(code),
    output: stdout + stderr,
  };
}

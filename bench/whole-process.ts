import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const limitMs = 120_000;

export interface ProcessTiming {
  readonly wallSeconds: number;
  /** User and system time of the process and the children it waited for. */
  readonly cpuSeconds: number;
  readonly exitCode: number;
  readonly output: string;
}

/** Into a file, because a program that ends by `process.exit` may lose what a pipe has not taken yet. */
const script = 'TIMEFORMAT="time %R %U %S"; file="$1"; shift; time "$@" >"$file" 2>&1; echo "exit $?"';

/** Times a command from its start to its end, with the shell's own accounting. */
export async function timeProcess(command: readonly string[], cwd: string): Promise<ProcessTiming> {
  const directory = await mkdtemp(join(tmpdir(), 'fairlead-bench-output-'));
  try {
    const file = join(directory, 'output');
    const { stdout, stderr } = await run('bash', ['-c', script, 'bash', file, ...command], { cwd, timeout: limitMs });
    const [, wall = '0', user = '0', system = '0'] = /^time (\S+) (\S+) (\S+)$/m.exec(stderr) ?? [];
    const [, code = '1'] = /^exit (\d+)$/m.exec(stdout) ?? [];
    const output = await readFile(file, 'utf8');
    return { wallSeconds: Number(wall), cpuSeconds: Number(user) + Number(system), exitCode: Number(code), output };
  } finally {
    await rm(directory, { recursive: true });
  }
}

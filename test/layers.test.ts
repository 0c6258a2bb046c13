import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

const run = promisify(execFile);

function isCruise(value: unknown): value is Cruise {
  return typeof value === 'object' && value !== null && 'summary' in value;
}

async function cruise(): Promise<Cruise> {
  const args = ['--no-install', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const output = await run('npx', args, { maxBuffer: 256 * 1024 * 1024 }).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' && error.stdout !== '')
      return { stdout: error.stdout };
    throw error;
  });
  const parsed: unknown = JSON.parse(output.stdout);
  assert.ok(isCruise(parsed), 'the output has no summary');
  return parsed;
}

test('every module imports only what its layer may', async () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const { summary } = await cruise();
  assert.ok(summary.totalCruised >= files.length, `cruised ${summary.totalCruised} modules of ${files.length} files`);
  assert.deepEqual(
    summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
    [],
  );
});

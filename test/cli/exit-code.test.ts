import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { exitCodeMeaning, exitCodeOf } from '../../src/cli/exit-code.js';
import { type ErrorCode, FairleadError } from '../../src/errors.js';
import { exitCodes } from '../../src/reconciler/exit-codes.js';
import { runCli } from './cli.js';

test('every exit code stands in the decision about them, and in the help of the program', async () => {
  const decision = readFileSync('docs/adr/0015-exit-codes.md', 'utf8');
  const decided = [...decision.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(decided, Object.values(exitCodes));
  const { stdout } = await runCli([]);
  const [, listed = ''] = /Exit codes: ([^`]*)\./.exec(stdout) ?? [];
  const told = [...listed.matchAll(/(?:^|[ \n])(\d+) [a-z]/g)].map(([, code]) => Number(code));
  assert.deepEqual(told, Object.values(exitCodes));
});

test('every exit code has a meaning of its own', () => {
  const meanings = Object.values(exitCodes).map(exitCodeMeaning);
  assert.equal(new Set(meanings).size, meanings.length);
});

test('an error ends with the code of what it says', () => {
  const expected: readonly (readonly [ErrorCode, number])[] = [
    ['source.unreachable', 1],
    ['plan.stale', 3],
    ['compile.invalid', 4],
    ['plan.blocked', 5],
    ['guard.too-many-deletes', 5],
    ['apply.probe-failed', 6],
    ['apply.partial', 7],
    ['cli.usage', 64],
    ['internal', 1],
  ];
  for (const [code, exitCode] of expected) assert.equal(exitCodeOf(new FairleadError(code, 'x')), exitCode, code);
  assert.equal(exitCodeOf(new TypeError('x')), 1);
});

// Runs every test/**/*.test.ts (or those whose path contains an argument) and fails when no test passed.
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { ownTemporaryDirectory } from './temporary-directory.js';

const wanted = process.argv.slice(2);
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .map((name) => resolve('test', name))
  .toSorted();

// Whatever a killed test leaves behind goes with this run, or with the next one.
process.env['TMPDIR'] = ownTemporaryDirectory();

const counts = { passed: 0, failed: 0, skipped: 0 };
const results = run({ files, concurrency: 2, timeout: 600_000 });
results.on('test:fail', () => {
  counts.failed += 1;
  process.exitCode = 1;
});
results.on('test:pass', ({ name, skip }) => {
  if (files.includes(name)) {
    console.error(`no tests in ${name}`);
    process.exitCode = 1;
  } else if (skip === undefined) counts.passed += 1;
  else counts.skipped += 1;
});
results.once('end', () => {
  if (counts.passed === 0) process.exitCode = 1;
});
results.pipe(new spec()).pipe(process.stdout);
process.on('exit', () => {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
});

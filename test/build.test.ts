import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { runProgram, temporaryDirectory } from './cli/cli.js';

const directory = temporaryDirectory();
const dist = join(directory, 'dist');

/** A project of two modules with our build. */
before(() => {
  for (const part of ['script/build.mjs', 'script/steps.mjs', 'tsconfig.json', 'tsconfig.build.json', 'package.json'])
    cpSync(part, join(directory, part));
  mkdirSync(join(directory, 'node_modules', '.cache'), { recursive: true });
  for (const name of ['typescript', '@types', 'undici-types'])
    symlinkSync(resolve('node_modules', name), join(directory, 'node_modules', name));
  mkdirSync(join(directory, 'src', 'part'), { recursive: true });
  writeFileSync(join(directory, 'src', 'one.ts'), 'export const one = 1;\n');
  writeFileSync(join(directory, 'src', 'part', 'two.ts'), 'export const two = 2;\n');
});

async function build(): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runProgram(process.execPath, [join(directory, 'script', 'build.mjs')]);
  assert.equal(code, 0, stdout + stderr);
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.js')).toSorted();
}

test('what no source makes any more is gone after a build', async () => {
  assert.deepEqual(await build(), ['one.js', join('part', 'two.js')]);
  rmSync(join(directory, 'src', 'part', 'two.ts'));
  assert.deepEqual(await build(), ['one.js']);
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    names.filter((name) => name.includes('two')),
    [],
  );
});

test('what was removed by hand is there after a build', async () => {
  rmSync(dist, { recursive: true, force: true });
  assert.deepEqual(await build(), ['one.js']);
});

test('a build that does not compile fails', async () => {
  writeFileSync(join(directory, 'src', 'wrong.ts'), 'export const wrong: string = 1;\n');
  await assert.rejects(build(), /TS2322/);
});

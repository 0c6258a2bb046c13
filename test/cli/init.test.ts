import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli, runProgram, temporaryDirectory } from './cli.js';

const directory = temporaryDirectory();

test('init writes a repository that is valid as it stands, and says what comes next', async () => {
  const { code, stdout } = await runCli(['init', 'mra'], { cwd: directory });
  assert.equal(code, 0);
  assert.match(stdout, /^wrote a starter repository to .*mra\n\nnext:\n {2}cd mra\n/);
  const top = readdirSync(join(directory, 'mra')).toSorted();
  assert.deepEqual(top, ['.github', '.gitignore', 'README.md', 'base', 'clusters', 'fairlead.yaml']);
  const valid = await runCli(['validate', 'mra', '--no-cache'], { cwd: directory });
  assert.equal(valid.stdout.split('\n')[0], 'no problems');
});

test('what the reconciler keeps beside the starter is not committed', () => {
  const ignored = readFileSync(join(directory, 'mra', '.gitignore'), 'utf8');
  assert.match(ignored, /^\.fairlead\/$/m);
  const config = readFileSync(join(directory, 'mra', 'fairlead.yaml'), 'utf8');
  assert.match(config, /stateDir: \.fairlead\//);
});

test('init fills a new Git repository, and touches nothing that is there', async () => {
  const repository = join(directory, 'fresh');
  await runProgram('git', ['init', '--quiet', repository]);
  assert.equal((await runCli(['init', repository])).code, 0);
  const before = readFileSync(join(repository, 'fairlead.yaml'), 'utf8');
  writeFileSync(join(repository, 'fairlead.yaml'), `${before}# mine\n`);
  const { code, stderr } = await runCli(['init', repository]);
  assert.equal(code, 64);
  assert.match(stderr, /is not empty: it holds .* \[cli\.usage\]\nnext: Name a new or empty directory\./);
  assert.ok(readFileSync(join(repository, 'fairlead.yaml'), 'utf8').endsWith('# mine\n'));
});

test('a directory that cannot be made is told with its reason', async () => {
  writeFileSync(join(directory, 'file'), '');
  const { code, stdout, stderr } = await runCli(['init', 'file/below'], { cwd: directory });
  assert.equal(code, 64);
  assert.equal(stdout, '');
  assert.match(stderr, /ENOTDIR.*\nnext: Name a directory that can be written\./);
});

test('init prints the directory as JSON when it is asked to', async () => {
  mkdirSync(join(directory, 'json'));
  const { stdout } = await runCli(['init', 'json', '-o', 'json'], { cwd: directory });
  assert.match(stdout, /^\{\n {2}"directory": ".*\/json"\n\}\n$/);
});

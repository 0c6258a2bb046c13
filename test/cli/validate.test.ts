import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli, temporaryDirectory } from './cli.js';

const testdata = join(import.meta.dirname, 'testdata');
const bad = join(testdata, 'bad');
const directory = temporaryDirectory();

for (const format of ['text', 'json', 'github', 'sarif', 'junit']) {
  test(`a bad repository is reported as ${format}, with exit code 4`, async () => {
    const { code, stdout, stderr } = await runCli(['validate', '--no-cache', '--format', format], { cwd: bad });
    assert.equal(stderr, '');
    assert.equal(stdout, readFileSync(join(testdata, 'expected', `problems.${format}`), 'utf8'));
    assert.equal(code, 4);
  });
}

test('the starter repository is valid', async () => {
  const { code, stdout } = await runCli(['validate', '--no-cache', 'examples/starter']);
  assert.equal(stdout, 'no problems\n6 files, 1 valid cluster with 9 resources\n');
  assert.equal(code, 0);
});

test('--output json is understood as well, and not beside --format', async () => {
  const json = await runCli(['validate', '--no-cache', '-o', 'json', 'examples/starter']);
  assert.equal(json.stdout, '{\n  "version": 1,\n  "errors": 0,\n  "warnings": 0,\n  "problems": []\n}\n');
  const both = await runCli(['validate', '-o', 'json', '-f', 'sarif']);
  assert.equal(both.code, 64);
  assert.match(both.stderr, /cannot be used with option/);
});

test('files are named as seen from where the command runs', async () => {
  const { stdout } = await runCli(['validate', '--no-cache', 'bad'], { cwd: testdata });
  assert.match(stdout, /^bad\/base\/access\.yaml:5:27 error/m);
});

test('a directory without a cluster is refused, and the report is a document all the same', async () => {
  const { code, stdout, stderr } = await runCli(['validate', '--no-cache', '-o', 'json', directory]);
  assert.equal(code, 4);
  assert.match(stdout, /"problems": \[\]/);
  assert.match(stderr, /\[source\.empty\]\nnext: Check the path/);
});

test('a path that is not there is an error that says what to do', async () => {
  const { code, stdout, stderr } = await runCli(['validate', join(directory, 'nowhere')]);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^error: could not read .*nowhere .*\n {2}because: ENOENT.*\nnext: Check the path/);
});

test('a change is seen although results are kept, and so is its undoing', async () => {
  const repository = join(directory, 'kept');
  cpSync('examples/starter', repository, { recursive: true });
  const args = ['validate', repository, '--cache-dir', join(directory, 'cache')];
  const first = await runCli(args);
  const again = await runCli(args);
  assert.deepEqual(again, first);
  const rules = join(repository, 'clusters', 'emea', 'rules');
  mkdirSync(rules);
  writeFileSync(
    join(rules, 'rule.yaml'),
    'apiVersion: fairlead.dev/v1\nkind: AllowRule\nmetadata: { name: x }\nspec: {}\n',
  );
  assert.equal((await runCli(args)).code, 4);
  rmSync(rules, { recursive: true });
  assert.deepEqual(await runCli(args), first);
});

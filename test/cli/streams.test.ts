import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliFile, runCli, runProgram } from './cli.js';

const escape = '\u001b[';

test('a reader that goes away is not an error', async () => {
  const command = `set -o pipefail; '${process.execPath}' '${cliFile}' --help | head -1`;
  const { code, stdout, stderr } = await runProgram('bash', ['-c', command]);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.equal(stdout, 'Usage: fairlead [options] [command]\n');
});

test('colour is for terminals, can be asked for, and NO_COLOR has the last word', async () => {
  const args = ['init', cliFile];
  const plain = await runCli(args);
  const asked = await runCli(args, { env: { FORCE_COLOR: '1' } });
  const refused = await runCli(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
  assert.ok(!plain.stderr.includes(escape));
  assert.ok(asked.stderr.includes(escape));
  assert.equal(refused.stderr, plain.stderr);
});

test('version prints one line for people and one document for scripts', async () => {
  const text = await runCli(['version']);
  assert.match(text.stdout, /^fairlead \d+\.\d+\.\d+ \(node \d+\.\d+\.\d+\)\n$/);
  const json = await runCli(['version', '--output', 'json']);
  assert.match(json.stdout, /^\{\n {2}"fairlead": "[\d.]+",\n {2}"node": "[\d.]+"\n\}\n$/);
});

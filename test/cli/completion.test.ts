import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { runCli, runProgram, temporaryDirectory } from './cli.js';
import { commandPaths } from './commands.js';

const directory = temporaryDirectory();
const script = join(directory, 'fairlead.bash');

before(async () => {
  const { code, stdout } = await runCli(['completion', 'bash']);
  assert.equal(code, 0);
  writeFileSync(script, stdout);
});

/** What bash offers for the last of several words. */
async function offers(...words: readonly string[]): Promise<readonly string[]> {
  const quoted = ['fairlead', ...words].map((word) => `'${word}'`).join(' ');
  const program = `source ${script}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _fairlead; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await runProgram('bash', ['-u', '-c', program]);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return stdout.split('\n').filter((word) => word !== '');
}

test('the script for bash parses', async () => {
  assert.deepEqual(await runProgram('bash', ['-n', script]), { code: 0, signal: null, stdout: '', stderr: '' });
});

test('bash is offered every command', async () => {
  const first = new Set(commandPaths().map(([name]) => name));
  assert.deepEqual(new Set(await offers('')), first);
});

test('bash is offered the commands of a group, the flags of a command and the values of a flag', async () => {
  assert.deepEqual(await offers('lab', ''), ['certs', 'uc', 'estate']);
  assert.deepEqual(await offers('version', '--ou'), ['--output']);
  assert.deepEqual(await offers('version', '--output', 'j'), ['json']);
  assert.deepEqual(await offers('version', '-o', ''), ['text', 'json']);
  assert.deepEqual(await offers('completion', 'f'), ['fish']);
});

test('bash completes files where the value is one, whatever stands before', async () => {
  assert.deepEqual(await offers('node', '--config', ''), []);
  assert.deepEqual(await offers('node', '--config', 'lab', '--h'), ['--help']);
});

test('zsh and fish get scripts of their own', async () => {
  const zsh = await runCli(['completion', 'zsh']);
  assert.match(zsh.stdout, /^#compdef fairlead\n/);
  const fish = await runCli(['completion', 'fish']);
  assert.match(fish.stdout, /^complete -c fairlead -n '__fish_use_subcommand' -f -a '.*\bversion\b.*'$/m);
  assert.match(fish.stdout, /-l output -x -a 'text json'$/m);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from './cli.js';
import { commandPaths } from './commands.js';

const widest = 100;

test('fairlead without arguments prints its help and is content', async () => {
  const { code, stdout, stderr } = await runCli([]);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^Usage: fairlead/);
  assert.match(stdout, /fairlead demo/);
});

for (const path of commandPaths()) {
  const name = path.join(' ');
  test(`the help of ${name} teaches: what it does, an example, its exit codes`, async () => {
    const { code, stdout, stderr } = await runCli([...path, '--help']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.match(stdout, new RegExp(`^Usage: fairlead ${name}`));
    assert.match(stdout, new RegExp(`Examples:\n(?:  .*\n)*  .*fairlead ${name}`));
    assert.match(stdout, /Exit codes:\n {3}0 {2}.*\n(?: .*\n)* {2}64 {2}wrong usage\n/);
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > widest),
      [],
    );
  });
}

test('every example of the program names a command that exists', async () => {
  const { stdout } = await runCli([]);
  const known = new Set(commandPaths().map(([first]) => first));
  const named = [...stdout.matchAll(/^ {2}fairlead ([a-z]+)/gm)].map(([, name]) => name);
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.filter((name) => !known.has(name ?? '')),
    [],
  );
});

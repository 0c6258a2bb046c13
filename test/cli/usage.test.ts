import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from './cli.js';
import { commandPaths } from './commands.js';

interface Misuse {
  readonly args: readonly string[];
  /** On standard error. */
  readonly says: RegExp;
}

const misuses: Readonly<Record<string, Misuse>> = {
  'an unknown command': { args: ['plann'], says: /unknown command 'plann'\n\(Did you mean plan\?\)/ },
  'an unknown command of a group': { args: ['lab', 'cert'], says: /unknown command 'cert'\n\(Did you mean certs\?\)/ },
  'a group without a command': { args: ['lab'], says: /Usage: fairlead lab/ },
  'an unknown option of the program': { args: ['--versio'], says: /Did you mean --version\?/ },
  'an unknown option of a command': { args: ['version', '--outptu', 'json'], says: /Did you mean --output\?/ },
  'an unknown option of a command of a group': { args: ['lab', 'certs', 'x', '--core', '2'], says: /--cores\?/ },
  'a value that is not among the choices': {
    args: ['version', '-o', 'jsno'],
    says: /text, json\.\n\(Did you mean json\?\)/,
  },
  'a number that is none': { args: ['lab', 'certs', 'x', '--cores', '99'], says: /from 1 to 32/ },
  'a missing argument': { args: ['lab', 'certs'], says: /missing required argument 'directory'/ },
  'a missing option': { args: ['node'], says: /required option '-c, --config <file>'/ },
  'an option without its value': { args: ['node', '--config'], says: /argument missing/ },
};

for (const [what, { args, says }] of Object.entries(misuses)) {
  test(`${what} is wrong usage: exit 64, told on standard error`, async () => {
    const { code, stdout, stderr } = await runCli(args);
    assert.equal(code, 64);
    assert.equal(stdout, '');
    assert.match(stderr, says);
  });
}

for (const path of commandPaths()) {
  test(`${path.join(' ')} refuses an option that it does not know`, async () => {
    const { code, stdout, stderr } = await runCli([...path, '--no-such-option']);
    assert.equal(code, 64);
    assert.equal(stdout, '');
    assert.match(stderr, /^error: /);
  });
}

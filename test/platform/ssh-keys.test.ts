import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { newSshKeyPair } from '../../src/platform/ssh-keys.js';

function parse(key: string) {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}

test('what the private key signs, the public key verifies, for every one of many pairs', () => {
  const message = Buffer.from('a message');
  for (let pair = 0; pair < 300; pair += 1) {
    const { privateKey, publicKey } = newSshKeyPair('core-1');
    assert.equal(parse(publicKey).verify(message, parse(privateKey).sign(message)), true);
  }
});

test('ssh-keygen derives the same public key', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-ssh-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const { privateKey, publicKey } = newSshKeyPair('core-1');
  writeFileSync(join(directory, 'key'), privateKey, { mode: 0o600 });
  const { error, stdout } = spawnSync('ssh-keygen', ['-y', '-f', join(directory, 'key')], { encoding: 'utf8' });
  if (error !== undefined) {
    t.diagnostic(`ssh-keygen did not run: ${error.message}`);
    return;
  }
  assert.equal(stdout.trim(), publicKey);
});

import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli, startCli, temporaryDirectory } from './cli.js';

const directory = temporaryDirectory();

test('lab certs makes a development CA and keys that only their owner can read', async () => {
  const { code, stdout } = await runCli(['lab', 'certs', 'certificates', '--cores', '2'], { cwd: directory });
  assert.equal(code, 0);
  assert.match(stdout, /^wrote development certificates to .*\ntrust only for a try: .*lab-ca\.crt\n$/);
  const servers = readdirSync(join(directory, 'certificates', 'servers'));
  for (const name of ['edge-1', 'core-1', 'core-2', 'cucm-1.lab.example', 'cucm-2.lab.example']) {
    assert.ok(servers.includes(`${name}.crt`), name);
    assert.equal(statSync(join(directory, 'certificates', 'servers', `${name}.key`)).mode & 0o077, 0);
  }
});

test('lab estate lays everything out without starting anything, and its UC servers run by themselves until SIGTERM', async () => {
  const laidOut = await runCli(['lab', 'estate', 'estate', '--no-start', '-o', 'json'], { cwd: directory });
  assert.equal(laidOut.code, 0, laidOut.stderr);
  assert.match(laidOut.stdout, /"config": ".*\/estate\/fairlead\.yaml"/);
  const uc = startCli(['lab', 'uc', '--config', 'estate/unified-cm/lab-uc.json', '-o', 'json'], { cwd: directory });
  await uc.said('"control": "http://127.0.0.1:');
  const { code, stderr } = await uc.end('SIGTERM');
  assert.equal(stderr, '');
  assert.equal(code, 0);
});

test('lab estate runs a whole installation until it is interrupted, and leaves no process behind', async () => {
  const estate = startCli(['lab', 'estate', 'running'], { cwd: directory });
  await estate.said('it runs until Ctrl-C');
  const config = join(directory, 'running', 'fairlead.yaml');
  const status = await runCli(['status', '--config', config]);
  assert.match(status.stdout, /^lab /);
  const { code, stdout } = await estate.end('SIGINT');
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^a lab of stand-ins lies in .*running\n {2}edge-1: https:\/\/127\.0\.0\.1:\d+ as edge-1\.lab\.example\n/,
  );
  assert.match((await runCli(['status', '--config', config])).stdout, /edge-1 {2}edge {2}- +no answer/);
});

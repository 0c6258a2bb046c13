import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { isRecord } from '../../src/model/json.js';
import { needProgram } from '../debian-program.js';
import { freePort, untilSaid } from '../reconciler/source/background-server.js';
import { serveGitHttp } from '../reconciler/source/git-http-server.js';
import { authorEnvironment } from '../reconciler/source/git-repository.js';
import { serveSsh } from '../reconciler/source/ssh-server.js';
import { rigOfFile } from './rig.js';

const access = 'base/access.yaml';
const token = 'ghp_0123456789abcdefREADONLY';
const rig = rigOfFile((one) => one.applyHead(), { pollIntervalSeconds: 5 });

type SourceFields = Readonly<Record<string, unknown>>;

/** Makes the reconciler read its repository in another way from its next start on. */
async function readFrom(source: SourceFields): Promise<void> {
  const { reconcilerConfig } = rig().estate.paths;
  const config: unknown = parse(await readFile(reconcilerConfig, 'utf8'));
  assert.ok(isRecord(config));
  await writeFile(reconcilerConfig, stringify({ ...config, source: { ref: 'main', path: '.', ...source } }));
}

async function writeSecret(name: string, content: string): Promise<string> {
  const path = join(rig().estate.paths.directory, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

/** The daemon reads the source, applies what is there, and applies the next commit when a webhook tells of it. */
async function followsCommits(t: TestContext): Promise<void> {
  const { estate } = rig();
  t.after(() => estate.reconciler.stop());
  const text = await estate.repository.read(access);
  const [, now = ''] = /PerPeriod: (\d+)/.exec(text) ?? [];
  await rig().startReconciler();
  const commit = await estate.repository.edit('One more', access, `PerPeriod: ${now}`, `PerPeriod: ${Number(now) + 1}`);
  await rig().pushedInForce(commit);
  assert.equal((await rig().cluster.node('core-1'))?.revision, commit);
}

test('the daemon follows a repository over https, with a private CA and a token', async (t) => {
  const { paths } = rig().estate;
  const { certFile, keyFile } = paths.certificates.server('edge-1');
  const tls = { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  const server = await serveGitHttp(t, { root: paths.directory, credentials: `robot:${token}`, tls });
  const auth = {
    tokenFile: await writeSecret('git-token', `${token}\n`),
    caFile: paths.certificates.authority.certFile,
  };
  await readFrom({ url: `https://robot@localhost:${server.port}/repository`, auth });
  await followsCommits(t);
  assert.ok(!(await rig().estate.reconciler.log()).includes(token), 'the token stands in no log');
});

test('the daemon follows a repository over ssh, with pinned keys', async (t) => {
  const program = needProgram('sshd');
  if (program === undefined || needProgram('ssh') === undefined) {
    t.skip('OpenSSH is not installed');
    return;
  }
  const { paths } = rig().estate;
  const server = await serveSsh(t, program, paths.directory);
  const auth = { sshKeyFile: server.keyFile, knownHostsFile: await writeSecret('known_hosts', server.knownHosts) };
  await readFrom({ url: `ssh://${server.user}@127.0.0.1:${server.port}${paths.repository}`, auth });
  await followsCommits(t);
});

test('the daemon follows a repository over the git protocol, where the configuration allows it', async (t) => {
  const port = await freePort();
  const { directory } = rig().estate.paths;
  const args = [
    'daemon',
    '--verbose',
    '--export-all',
    `--base-path=${directory}`,
    '--listen=127.0.0.1',
    `--port=${port}`,
  ];
  await untilSaid(t, spawn('git', args, { env: authorEnvironment }), 'Ready to rumble');
  await readFrom({ url: `git://127.0.0.1:${port}/repository`, allowInsecureTransport: true });
  await followsCommits(t);
});

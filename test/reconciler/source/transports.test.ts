import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { issueLeaf, newAuthority } from '../../../src/lab/certificates/authority.js';
import { newSshKeyPair } from '../../../src/platform/ssh-keys.js';
import { needProgram } from '../../debian-program.js';
import { FakeClock } from '../../fake-clock.js';
import { silentLog } from '../../../src/platform/log.js';
import { parseReconcilerConfig } from '../../../src/reconciler/config.js';
import { openGitSource } from '../../../src/reconciler/source/git-source.js';
import { freePort, untilSaid } from './background-server.js';
import { serveGitHttp } from './git-http-server.js';
import { GitRepository, authorEnvironment, temporaryDirectory } from './git-repository.js';
import { clusterText } from './memory-tree.js';
import { openSource, signal } from './open-source.js';
import { serveSsh } from './ssh-server.js';

const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) };
const token = 'ghp_abcdefTOKEN0123456789';

function newRepository(directory: string): GitRepository {
  const repository = new GitRepository(join(directory, 'root', 'mra.git'));
  repository.commit('First', { 'emea/cluster.yaml': clusterText('emea') });
  return repository;
}

function write(directory: string, name: string, content: string): string {
  writeFileSync(join(directory, name), content, { mode: 0o600 });
  return name;
}

async function errorOf(promise: Promise<unknown>): Promise<FairleadError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof FairleadError) return error;
    throw error;
  }
  assert.fail('it did not fail');
}

function everythingIn(error: unknown): string {
  const causes: unknown[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    causes.push(at.message, at.stack, JSON.stringify(at));
  return causes.join('\n');
}

test('over https with a private CA and a token; a rotated token is used at once', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = newRepository(directory);
  const authority = await newAuthority('Test CA', validity);
  const leaf = await issueLeaf(
    authority,
    { commonName: 'git', names: [{ type: 'dns', value: 'localhost' }], use: 'server' },
    validity,
  );
  const options = {
    root: join(directory, 'root'),
    credentials: `robot:${token}`,
    tls: { cert: leaf.certificate, key: leaf.key },
  };
  const server = await serveGitHttp(t, options);
  const auth = {
    tokenFile: write(directory, 'token', 'wrong\n'),
    caFile: write(directory, 'ca.pem', authority.certificate),
  };
  const url = `https://robot@localhost:${server.port}/mra.git`;
  const source = await openSource(t, directory, { url, auth });
  assert.equal((await errorOf(source.read(signal))).code, 'source.unreachable');
  write(directory, 'token', `${token}\n`);
  assert.equal((await source.read(signal)).commit.id, repository.head());
  const untrusting = await openSource(t, temporaryDirectory(t), { url, auth: { tokenFile: join(directory, 'token') } });
  assert.match((await errorOf(untrusting.read(signal))).message, /certificate/);
});

test('the token is in no argument list, file or error', async (t) => {
  const directory = temporaryDirectory(t);
  newRepository(directory);
  const server = await serveGitHttp(t, { root: join(directory, 'root'), credentials: 'x-access-token:another' });
  // What `ps` would show: a git first on the path writes its arguments down.
  const shim = join(directory, 'shim');
  const seen = join(directory, 'arguments');
  mkdirSync(shim);
  writeFileSync(join(shim, 'git'), `#!/bin/sh\nprintf '%s\\n' "$@" >> ${seen}\nexec /usr/bin/git "$@"\n`, {
    mode: 0o755,
  });
  const auth = { tokenFile: write(directory, 'token', token) };
  const url = `http://127.0.0.1:${server.port}/mra.git`;
  const text = JSON.stringify({ source: { url, auth, allowInsecureTransport: true }, stateDir: 'state' });
  const { source: config, stateDir } = parseReconcilerConfig(text, join(directory, 'fairlead.yaml'));
  const clock = new FakeClock();
  const source = await openGitSource({
    source: config,
    stateDir,
    clock,
    log: silentLog,
    searchPath: `${shim}:/usr/bin:/bin`,
  });
  t.after(() => source.close());
  const error = await errorOf(source.read(signal));
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  assert.deepEqual(server.presented.at(-1), `Basic ${basic}`);
  for (const text of [readFileSync(seen, 'utf8'), everythingIn(error)]) {
    assert.ok(text.includes(url), text);
    assert.ok(!text.includes(token) && !text.includes(basic), text);
  }
});

test('a redirect is not followed, so that the token goes nowhere else', async (t) => {
  const directory = temporaryDirectory(t);
  newRepository(directory);
  const other = await serveGitHttp(t, { root: join(directory, 'root') });
  const server = await serveGitHttp(t, { root: directory, redirectTo: `http://127.0.0.1:${other.port}` });
  const auth = { tokenFile: write(directory, 'token', token) };
  const source = await openSource(t, directory, {
    url: `http://127.0.0.1:${server.port}/mra.git`,
    auth,
    allowInsecureTransport: true,
  });
  const error = await errorOf(source.read(signal));
  assert.deepEqual(
    [error.code, error.mend],
    ['source.unreachable', 'Use the URL that the server redirects to; often it ends in .git.'],
  );
  assert.deepEqual(other.presented, []);
});

test('missing credentials fail at once and never ask', async (t) => {
  const directory = temporaryDirectory(t);
  newRepository(directory);
  const server = await serveGitHttp(t, { root: join(directory, 'root'), credentials: 'a:b' });
  const source = await openSource(t, directory, {
    url: `http://127.0.0.1:${server.port}/mra.git`,
    allowInsecureTransport: true,
  });
  assert.match((await errorOf(source.read(signal))).message, /terminal prompts disabled|could not read Username/);
});

test('over git:// when the operator allows it', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = newRepository(directory);
  const port = await freePort();
  const root = join(directory, 'root');
  const args = ['daemon', '--listen=127.0.0.1', `--port=${port}`, '--export-all', `--base-path=${root}`, '--verbose'];
  await untilSaid(t, spawn('git', args, { env: authorEnvironment }), 'Ready to rumble');
  const url = `git://127.0.0.1:${port}/mra.git`;
  assert.throws(
    () => parseReconcilerConfig(JSON.stringify({ source: { url }, stateDir: 's' }), 'fairlead.yaml'),
    /allowInsecureTransport/,
  );
  const source = await openSource(t, directory, { url, allowInsecureTransport: true });
  assert.equal((await source.read(signal)).commit.id, repository.head());
});

test('over ssh with a key and a pinned host key; another host key is refused', async (t) => {
  const program = needProgram('sshd');
  if (program === undefined || needProgram('ssh') === undefined) {
    t.skip('sshd and ssh are not installed');
    return;
  }
  const directory = temporaryDirectory(t);
  const repository = newRepository(directory);
  const server = await serveSsh(t, program, directory);
  const url = `ssh://${server.user}@127.0.0.1:${server.port}${repository.directory}`;
  const knownHostsFile = write(directory, 'known hosts', server.knownHosts);
  const auth = { sshKeyFile: server.keyFile, knownHostsFile };
  const source = await openSource(t, directory, { url, auth });
  assert.equal((await source.read(signal)).commit.id, repository.head());
  write(directory, 'known hosts', `[127.0.0.1]:${server.port} ${newSshKeyPair('stranger').publicKey}\n`);
  assert.match((await errorOf(source.read(signal))).message, /Host key verification failed/);
  const stranger = write(directory, 'stranger', newSshKeyPair('stranger').privateKey);
  write(directory, 'known hosts', server.knownHosts);
  const refused = await openSource(t, temporaryDirectory(t), {
    url,
    auth: { sshKeyFile: join(directory, stranger), knownHostsFile: join(directory, knownHostsFile) },
  });
  assert.match((await errorOf(refused.read(signal))).message, /Permission denied/);
});

test('a server that accepts and says nothing is given up after a time', async (t) => {
  const directory = temporaryDirectory(t);
  const sockets = new Set<Socket>();
  let connected: (() => void) | undefined;
  const connection = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const silent = createServer((socket) => {
    sockets.add(socket);
    connected?.();
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const text = JSON.stringify({
    source: { url: `http://127.0.0.1:${port ?? 0}/x`, allowInsecureTransport: true },
    stateDir: 'state',
  });
  const { source: config, stateDir } = parseReconcilerConfig(text, join(directory, 'fairlead.yaml'));
  const clock = new FakeClock();
  const source = await openGitSource({ source: config, stateDir, clock, log: silentLog });
  t.after(() => source.close());
  const reading = errorOf(source.read(signal));
  await connection;
  clock.advance(30_000);
  const error = await reading;
  assert.deepEqual([error.code, /not done within 30000 ms/.test(error.message)], ['source.unreachable', true]);
});

test('a helper that runs commands is no URL', async (t) => {
  const directory = temporaryDirectory(t);
  const victim = join(directory, 'victim');
  for (const url of [
    `ext::sh -c touch% ${victim}`,
    `ext::touch ${victim}`,
    `-upload-pack=touch ${victim}`,
    'ssh://-oProxyCommand=touch/x',
    'fd::17',
    'ftp://host/x',
  ]) {
    await assert.rejects(
      async () => {
        await openSource(t, directory, { url });
      },
      { code: 'node.config' },
      url,
    );
  }
  assert.ok(!existsSync(victim));
});

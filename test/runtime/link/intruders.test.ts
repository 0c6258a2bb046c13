import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import ssh2 from 'ssh2';
import type { Client, ConnectConfig, ParsedKey } from 'ssh2';
import type { EdgeLinks, EdgeLinksDeps } from '../../../src/runtime/link/edge-links.js';
import { LinkEstate, openChannel, readAll, statusOf, upLink } from './estate.js';

/** An edge with one true core, and everything that the edge holds against others. */
async function guardedEdge(t: TestContext, limits: EdgeLinksDeps['limits'] = {}) {
  const violations: string[] = [];
  let onNext: () => void = () => undefined;
  const estate = new LinkEstate(t);
  const { edge, link } = await estate.pair(
    {},
    {
      limits,
      onViolation: (kind, address) => {
        violations.push(`${kind} from ${address}`);
        onNext();
      },
    },
  );
  const violation = async () => {
    while (violations.length === 0) await new Promise<void>((resolve) => (onNext = resolve));
    return violations.shift();
  };
  return { estate, edge, link, violations, violation };
}

async function expectServing(edge: EdgeLinks): Promise<void> {
  const channel = await openChannel(await upLink(edge, 'core1'));
  channel.end('served');
  assert.equal(String(await readAll(channel)), 'served');
}

/** Tries to sign in as told; gives the client, or what came of it. */
async function signIn(t: TestContext, edge: EdgeLinks, config: ConnectConfig): Promise<Client | Error> {
  const client = new ssh2.Client();
  t.after(() => client.destroy());
  const failed = new Promise<Error>((resolve) => client.on('error', resolve));
  const ready = once(client, 'ready');
  ready.catch(() => undefined);
  client.connect({ host: '127.0.0.1', port: edge.port(), readyTimeout: 5_000, strictVendor: false, ...config });
  return Promise.race([failed, ready.then(() => client)]);
}

class LyingAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #shown: string;
  readonly #held: string;

  constructor(shown: string, held: string) {
    super();
    this.#shown = shown;
    this.#held = held;
  }

  override getIdentities(done: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    done(undefined, [parsed(this.#shown)]);
  }

  override sign(_key: unknown, data: Buffer, ...rest: unknown[]): void {
    const done = rest.find((one) => typeof one === 'function');
    done?.(undefined, parsed(this.#held).sign(data));
  }
}

function parsed(key: string): ParsedKey {
  const result = ssh2.utils.parseKey(key);
  if (result instanceof Error) throw result;
  return result;
}

test('a core that pins another host key does not link, and says so', async (t) => {
  const estate = new LinkEstate(t);
  const edge = await estate.edge('edge1', ['core1']);
  const core = await estate.core('core1', { edge1: edge }, { hostKey: estate.key('other').publicKey });
  const { reason } = await statusOf(core, 'edge1', ({ state }) => state === 'down');
  assert.match(reason ?? '', /does not have the pinned host key/);
  assert.deepEqual(edge.up(), []);
});

test('a core with another key than the pinned one is refused, and says so', async (t) => {
  const { estate, edge, violation } = await guardedEdge(t);
  const core = await estate.core('core1', { edge1: edge }, { clientKey: estate.key('stranger') });
  const { reason } = await statusOf(core, 'edge1', ({ state }) => state === 'down');
  assert.match(reason ?? '', /does not accept our key/);
  assert.equal(await violation(), 'authentication from 127.0.0.1');
  await expectServing(edge);
});

test('no other way to sign in exists', async (t) => {
  const { estate, edge, violation } = await guardedEdge(t);
  const { privateKey } = estate.key('core1');
  const ways: ConnectConfig[] = [
    { username: 'core2', privateKey },
    { username: '', privateKey },
    { username: '__proto__', privateKey },
    { username: 'core1', password: 'core1', authHandler: ['password'] },
    { username: 'core1', tryKeyboard: true, authHandler: ['keyboard-interactive'] },
  ];
  for (const way of ways) {
    assert.ok((await signIn(t, edge, way)) instanceof Error, JSON.stringify(way.username));
    assert.equal(await violation(), 'authentication from 127.0.0.1');
  }
  assert.ok((await signIn(t, edge, { username: 'core1', authHandler: ['none'] })) instanceof Error);
  await expectServing(edge);
});

test('showing the pinned public key without holding its private key is not enough', async (t) => {
  const { estate, edge, violation } = await guardedEdge(t);
  const agent = new LyingAgent(estate.key('core1').publicKey, estate.key('stranger').privateKey);
  const outcome = await signIn(t, edge, { username: 'core1', agent, authHandler: ['agent'] });
  assert.ok(outcome instanceof Error);
  assert.equal(await violation(), 'authentication from 127.0.0.1');
});

test('guessing on one connection ends after a few attempts', async (t) => {
  const { edge, violations } = await guardedEdge(t);
  const client = new ssh2.Client();
  t.after(() => client.destroy());
  client.on('error', () => undefined);
  let guesses = 0;
  client.connect({
    host: '127.0.0.1',
    port: edge.port(),
    username: 'core1',
    authHandler: (_left, _partial, next) => {
      guesses += 1;
      next({ type: 'password', username: 'core1', password: `guess ${guesses}` });
    },
  });
  await once(client, 'close');
  assert.equal(violations.filter((one) => one.startsWith('authentication')).length, 6);
  await expectServing(edge);
});

test('only modern algorithms are spoken', async (t) => {
  const { estate, edge } = await guardedEdge(t);
  const { privateKey } = estate.key('core1');
  const old: ConnectConfig['algorithms'][] = [
    { kex: ['diffie-hellman-group14-sha1'] },
    { kex: ['ecdh-sha2-nistp256'] },
    { cipher: ['aes128-ctr'] },
    { cipher: ['3des-cbc'] },
    { serverHostKey: ['ssh-rsa'] },
    { compress: ['zlib'] },
  ];
  for (const algorithms of old) {
    const outcome = await signIn(t, edge, { username: 'core1', privateKey, ...(algorithms && { algorithms }) });
    assert.ok(outcome instanceof Error, JSON.stringify(algorithms));
  }
  for (const cipher of ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'] as const) {
    const outcome = await signIn(t, edge, { username: 'core1', privateKey, algorithms: { cipher: [cipher] } });
    assert.ok(outcome instanceof ssh2.Client, cipher);
  }
});

type Attempt = (client: Client, done: (error?: Error | null) => void) => void;

/** What a core never asks for; each must be refused, count as a violation, and end the connection. */
const attempts: Readonly<Record<string, Attempt>> = {
  shell: (client, done) => client.shell(done),
  exec: (client, done) => client.exec('id', done),
  'exec with a terminal': (client, done) => client.exec('id', { pty: true }, done),
  'exec with an environment': (client, done) => client.exec('id', { env: { LANG: 'C' } }, done),
  sftp: (client, done) => client.sftp(done),
  'another subsystem': (client, done) => client.subsys('netconf', done),
  'a connection to somewhere': (client, done) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, done),
  'a connection to a local socket': (client, done) => client.openssh_forwardOutStreamLocal('/run/x', done),
  'a forward of an address': (client, done) => client.forwardIn('127.0.0.1', 0, done),
  'our forward on another port': (client, done) => client.forwardIn('fairlead-http', 2, done),
  'a forward of a local socket': (client, done) => client.openssh_forwardInStreamLocal('/tmp/x', done),
  'the end of a forward': (client, done) => client.unforwardIn('fairlead-http', 1, done),
};

for (const [what, attempt] of Object.entries(attempts)) {
  test(`even a core that signed in is refused ${what}`, async (t) => {
    const { estate, edge, violation } = await guardedEdge(t);
    const client = await signIn(t, edge, { username: 'core1', privateKey: estate.key('core1').privateKey });
    assert.ok(client instanceof ssh2.Client);
    const closed = once(client, 'close');
    const error = await new Promise<unknown>((resolve) => attempt(client, resolve));
    assert.ok(error, 'refused');
    assert.equal(await violation(), 'protocol from 127.0.0.1');
    await closed;
    await expectServing(edge);
  });
}

async function dialled(edge: EdgeLinks): Promise<Socket> {
  const socket = connect(edge.port(), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

test('what does not speak SSH is cut off and reported', async (t) => {
  const { edge, violation } = await guardedEdge(t, { handshakeMs: 300 });
  const socket = await dialled(edge);
  socket.write('GET / HTTP/1.1\r\nHost: edge1\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  assert.equal(await violation(), 'protocol from 127.0.0.1');
  await expectServing(edge);
});

test('what says nothing is cut off in time', async (t) => {
  const { edge, violations } = await guardedEdge(t, { handshakeMs: 50 });
  const socket = await dialled(edge);
  socket.resume();
  await once(socket, 'close');
  assert.deepEqual(violations, []);
});

test('a core that signs in and then does nothing is cut off in time', async (t) => {
  const { estate, edge } = await guardedEdge(t, { handshakeMs: 300 });
  const client = await signIn(t, edge, { username: 'core1', privateKey: estate.key('core1').privateKey });
  assert.ok(client instanceof ssh2.Client);
  await once(client, 'close');
  await expectServing(edge);
});

test('strangers hold a few connections at most, and the link lives', async (t) => {
  const { edge } = await guardedEdge(t, { unauthenticatedPerAddress: 3 });
  const held = [await dialled(edge), await dialled(edge), await dialled(edge)];
  for (const socket of held) await once(socket, 'data');
  const excess = await dialled(edge);
  excess.resume();
  await once(excess, 'close');
  assert.equal(
    held.some(({ closed }) => closed),
    false,
  );
  held[0]?.destroy();
  await expectServing(edge);
  for (const socket of held) socket.destroy();
});

test('an OpenSSH client with the right key gets nothing', async (t) => {
  if (!existsSync('/usr/bin/ssh')) {
    t.diagnostic('/usr/bin/ssh is missing: not tried');
    return;
  }
  const { estate, edge } = await guardedEdge(t);
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes', 'IdentitiesOnly=yes'];
  const base = ['-F', 'none', '-p', String(edge.port()), '-i', estate.key('core1').file, '-l', 'core1'];
  const common = [...base, ...options.flatMap((option) => ['-o', option]), '-o', 'ExitOnForwardFailure=yes'];
  const tries = [
    ['127.0.0.1', 'id'],
    ['-tt', '127.0.0.1'],
    ['-s', '127.0.0.1', 'sftp'],
    ['-W', '127.0.0.1:22', '127.0.0.1'],
    ['-N', '-R', '127.0.0.1:0:127.0.0.1:22', '127.0.0.1'],
  ];
  const outcomes = tries.map(async (rest) => {
    const ssh = spawn('/usr/bin/ssh', [...common, ...rest], { stdio: ['pipe', 'pipe', 'pipe'] });
    t.after(() => ssh.kill('SIGKILL'));
    const [output] = await Promise.all([text(ssh.stdout), text(ssh.stderr), once(ssh, 'close')]);
    return { output, ended: ssh.exitCode };
  });
  for (const [index, { output, ended }] of (await Promise.all(outcomes)).entries()) {
    assert.equal(output, '', String(tries[index]));
    assert.notEqual(ended, 0, String(tries[index]));
  }
  await expectServing(edge);
});

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { adminPaths } from '../../src/admin/contract.js';
import { writeLabCertificates } from '../../src/lab/certificates/lab-certificates.js';
import { systemClock } from '../../src/platform/clock.js';
import { silentLog } from '../../src/platform/log.js';
import type { EdgeNodeConfig } from '../../src/runtime/node-config.js';
import { startNode } from '../../src/runtime/node.js';
import { ask } from './admin/admin-client.js';

const root = mkdtempSync(join(tmpdir(), 'fairlead-renewal-'));
after(() => rmSync(root, { recursive: true, force: true }));

const hosts = [{ type: 'ip', value: '127.0.0.1' }] as const;
const certificates = await writeLabCertificates(
  join(root, 'certificates'),
  {
    servers: ['old', 'new'].map((name) => ({ name, hosts })),
    clients: [],
    cores: ['core-1'],
    nodes: ['edge-1', 'core-1'],
  },
  systemClock,
);
const ca = readFileSync(certificates.authority.certFile, 'utf8');
const fingerprint = {
  old: new X509Certificate(readFileSync(certificates.server('old').certFile)).fingerprint256,
  new: new X509Certificate(readFileSync(certificates.server('new').certFile)).fingerprint256,
};

function identity(name: string, token: string) {
  return { name, scopes: ['read'], tokenSha256: createHash('sha256').update(token).digest('hex') } as const;
}

interface Renewed {
  readonly node: Awaited<ReturnType<typeof startNode>>;
  readonly config: EdgeNodeConfig;
  readonly configFile: string;
  readonly tls: { readonly certFile: string; readonly keyFile: string };
}

/** An edge whose certificate and configuration lie in files of its own. */
async function startEdge(t: TestContext): Promise<Renewed> {
  const directory = mkdtempSync(join(root, 'edge-'));
  const tls = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') };
  copyFileSync(certificates.server('old').certFile, tls.certFile);
  copyFileSync(certificates.server('old').keyFile, tls.keyFile);
  const listen = { host: '127.0.0.1', port: 0 };
  const config: EdgeNodeConfig = {
    ...{
      name: 'edge-1',
      cluster: 'emea',
      role: 'edge',
      stateDir: join(directory, 'state'),
      logLevel: 'silent',
      catchUpSeconds: 60,
    },
    admin: { listen, tls, identities: [identity('first', 'first-token')] },
    access: { listen, tls, publicName: 'edge-1.example.com' },
    link: {
      listen,
      hostKeyFile: certificates.linkKey('edge-1').privateKeyFile,
      cores: [{ name: 'core-1', publicKey: readFileSync(certificates.linkKey('core-1').publicKeyFile, 'utf8').trim() }],
    },
    tokens: { verificationKeysFile: certificates.tokenVerificationKeys },
  };
  const configFile = join(directory, 'node.yaml');
  writeFileSync(configFile, JSON.stringify(config));
  const node = await startNode(config, { clock: systemClock, log: silentLog, version: '0.0.0-test', configFile });
  t.after(() => node.stop());
  return { node, config, configFile, tls };
}

async function dial(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca });
  await once(socket, 'secureConnect');
  return socket;
}

async function shownAt(port: number): Promise<string | undefined> {
  const socket = await dial(port);
  const shown = socket.getPeerX509Certificate()?.fingerprint256;
  socket.destroy();
  return shown;
}

test('a renewed certificate is shown to new connections, and open ones stay', async (t) => {
  const { node, tls } = await startEdge(t);
  const { access = 0, admin } = node.endpoints;
  const open = await dial(access);
  copyFileSync(certificates.server('new').certFile, tls.certFile);
  copyFileSync(certificates.server('new').keyFile, tls.keyFile);
  await node.reload();
  assert.deepEqual([await shownAt(access), await shownAt(admin)], [fingerprint.new, fingerprint.new]);
  open.write('GET / HTTP/1.1\r\nHost: edge-1.example.com\r\nConnection: close\r\n\r\n');
  const answer = await text(open);
  assert.match(answer, /^HTTP\/1\.1 4/);
  open.destroy();
});

test('a certificate without its key is refused, and the old pair serves on until the key is there', async (t) => {
  const { node, tls } = await startEdge(t);
  const { access = 0, admin } = node.endpoints;
  copyFileSync(certificates.server('new').certFile, tls.certFile);
  await node.reload();
  assert.deepEqual([await shownAt(access), await shownAt(admin)], [fingerprint.old, fingerprint.old]);
  copyFileSync(certificates.server('new').keyFile, tls.keyFile);
  await node.reload();
  assert.deepEqual([await shownAt(access), await shownAt(admin)], [fingerprint.new, fingerprint.new]);
});

test('identities are taken from the changed configuration, and a broken one changes nothing', async (t) => {
  const { node, config, configFile } = await startEdge(t);
  const statusFor = async (token: string) =>
    (await ask({ port: node.endpoints.admin, ca }, adminPaths.live, { token })).status;
  writeFileSync(configFile, '{ "name": ');
  await node.reload();
  assert.equal(await statusFor('first-token'), 200);
  const admin = { ...config.admin, identities: [identity('second', 'second-token')] };
  writeFileSync(configFile, JSON.stringify({ ...config, admin }));
  await node.reload();
  assert.deepEqual([await statusFor('first-token'), await statusFor('second-token')], [401, 200]);
});

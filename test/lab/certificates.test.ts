import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { type LabCertificateOptions, writeLabCertificates } from '../../src/lab/certificates/lab-certificates.js';
import { labCertificatePaths } from '../../src/lab/certificates/certificate-paths.js';
import { closeListener, listenOn } from '../../src/lab/listener.js';
import { systemClock } from '../../src/platform/clock.js';

const directory = mkdtempSync(join(tmpdir(), 'fairlead-certs-'));
const paths = labCertificatePaths(directory);
const options: LabCertificateOptions = {
  servers: [
    {
      name: 'edge-1',
      hosts: [
        { type: 'dns', value: 'edge-1.lab.example' },
        { type: 'ip', value: '127.0.0.1' },
      ],
    },
    { name: 'cucm-1.lab.example', hosts: [{ type: 'dns', value: 'cucm-1.lab.example' }] },
  ],
  clients: ['reconciler'],
  cores: ['core-1', 'core-2'],
  nodes: ['edge-1', 'core-1'],
};

function digests(): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
  const plain = files.filter((name) => statSync(join(directory, name)).isFile());
  return Object.fromEntries(
    plain.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex'),
    ]),
  );
}

before(() => writeLabCertificates(directory, options, systemClock));
after(() => rmSync(directory, { recursive: true }));

test('openssl accepts every leaf under its own CA and refuses it under the other', (t) => {
  if (spawnSync('openssl', ['version']).error !== undefined) {
    t.diagnostic('openssl is not installed');
    return;
  }
  const accepts = (ca: string, leaf: string, purpose: string) =>
    spawnSync('openssl', ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', ca, leaf]).status === 0;
  const ours = paths.authority.certFile;
  const unrelated = paths.unrelatedAuthority.certFile;
  assert.equal(accepts(ours, paths.server('edge-1').certFile, 'sslserver'), true);
  assert.equal(accepts(ours, paths.server('edge-1').certFile, 'sslclient'), false);
  assert.equal(accepts(ours, paths.client('reconciler').certFile, 'sslclient'), true);
  assert.equal(accepts(unrelated, paths.server('edge-1').certFile, 'sslserver'), false);
  assert.equal(accepts(unrelated, paths.unrelatedServer('edge-1').certFile, 'sslserver'), true);
});

test('a TLS client verifies the name of a server, and refuses one that the certificate lacks', async (t) => {
  const { certFile, keyFile } = paths.server('cucm-1.lab.example');
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  const port = await listenOn(server, '127.0.0.1', 0);
  t.after(() => closeListener(server));
  const ca = readFileSync(paths.authority.certFile);

  const trusted = connect({ host: '127.0.0.1', port, ca, servername: 'cucm-1.lab.example' });
  await once(trusted, 'secureConnect');
  assert.equal(trusted.authorized, true);
  trusted.destroy();

  const misnamed = connect({ host: '127.0.0.1', port, ca, servername: 'cucm-2.lab.example' });
  await assert.rejects(once(misnamed, 'secureConnect'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test('the verification bundle verifies what any core signs', () => {
  const bundle = readFileSync(paths.tokenVerificationKeys, 'utf8');
  const blocks = bundle.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  assert.equal(blocks.length, 2);
  const message = Buffer.from('token');
  for (const [index, core] of options.cores.entries()) {
    const signature = sign(null, message, createPrivateKey(readFileSync(paths.tokenSigningKey(core))));
    assert.equal(verify(null, message, createPublicKey(blocks[index]!), signature), true);
  }
});

test('private keys are for their owner only', () => {
  const secret = [
    paths.authority.keyFile,
    paths.server('edge-1').keyFile,
    paths.client('reconciler').keyFile,
    paths.tokenSigningKey('core-1'),
    paths.linkKey('edge-1').privateKeyFile,
  ];
  for (const file of secret) assert.equal(statSync(file).mode & 0o777, 0o600, file);
});

test('a second run changes nothing', async () => {
  const first = digests();
  await writeLabCertificates(directory, options, systemClock);
  assert.deepEqual(digests(), first);
});

test('a leaf is made anew when its names changed, its key is another one, or its end is near', async () => {
  const leaf = paths.server('edge-1');
  const original = readFileSync(leaf.certFile, 'utf8');
  const renamed = {
    ...options,
    servers: [{ name: 'edge-1', hosts: [{ type: 'dns', value: 'other.lab.example' } as const] }],
  };
  await writeLabCertificates(directory, renamed, systemClock);
  const second = readFileSync(leaf.certFile, 'utf8');
  assert.notEqual(second, original);

  writeFileSync(leaf.keyFile, readFileSync(paths.client('reconciler').keyFile));
  await writeLabCertificates(directory, renamed, systemClock);
  const third = readFileSync(leaf.certFile, 'utf8');
  assert.notEqual(third, second);

  const aYearLaterMs = systemClock.nowMs() + 370 * 24 * 60 * 60 * 1000;
  await writeLabCertificates(directory, renamed, { ...systemClock, nowMs: () => aYearLaterMs });
  assert.notEqual(readFileSync(leaf.certFile, 'utf8'), third);
});

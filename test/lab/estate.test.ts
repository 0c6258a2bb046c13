import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import { type Estate, newEstate } from '../../src/lab/estate/estate.js';
import { parseResource } from '../../src/model/validate.js';
import { systemClock } from '../../src/platform/clock.js';
import { readReconcilerConfig } from '../../src/reconciler/config.js';
import { loadNodeConfig } from '../../src/runtime/node-config-file.js';
import { temporaryDirectory } from './lab-directory.js';

const directory = temporaryDirectory();
let estate: Estate;

before(async () => {
  estate = await newEstate({
    directory,
    edges: 2,
    cores: 2,
    environment: process.env,
    clock: systemClock,
    documents: [authored('HttpTransport', 'default', { connectionRate: { mode: 'off' } })],
  });
});

after(() => estate.stop());

test('every node configuration is one that a node accepts, and their ports and keys agree', async () => {
  const configs = await Promise.all(estate.nodes.map(({ name }) => loadNodeConfig(estate.paths.nodeConfig(name))));
  const [edge, , core] = configs;
  assert.equal(edge?.role, 'edge');
  assert.equal(core?.role, 'core');
  assert.deepEqual(
    core.link.edges.map(({ port }) => port),
    estate.layout.edges.map(({ linkPort }) => linkPort),
  );
  assert.deepEqual(
    core.signalling?.edges.map(({ port, certificateName }) => [port, certificateName]),
    estate.layout.edges.map(({ signallingPort, host }) => [signallingPort, host]),
  );
  assert.equal(edge.sip?.tls.port, estate.layout.edges[0]?.sipTlsPort);
  const publicKey = readFileSync(estate.paths.certificates.linkKey('core-1').publicKeyFile, 'utf8').trim();
  assert.equal(edge.link.cores[0]?.publicKey, publicKey);
  assert.equal(core.hosts?.['cucm-2.lab.example'], '127.0.1.2');
});

test('every token of a node is one of its identities, and for its owner only', async () => {
  for (const { name } of estate.nodes) {
    const { admin } = await loadNodeConfig(estate.paths.nodeConfig(name));
    for (const file of [estate.paths.applyToken(name), estate.paths.operatorToken(name)]) {
      const token = readFileSync(file, 'utf8').trim();
      const digest = createHash('sha256').update(token).digest('hex');
      assert.ok(admin.identities.some(({ tokenSha256 }) => tokenSha256 === digest));
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }
  }
});

test('the reconciler configuration is one that the reconciler accepts', async () => {
  const config = await readReconcilerConfig(estate.paths.reconcilerConfig);
  assert.equal(config.source.url.text, estate.paths.repository);
  assert.equal(config.server?.listen.port, estate.layout.reconcilerPort);
});

test('every document of the repository is valid, with the names, ports and CA of the estate', async () => {
  const files = (await estate.repository.git('ls-files')).split('\n');
  const documents: unknown[] = [];
  for (const file of files) {
    for (const document of parseAllDocuments(await estate.repository.read(file))) documents.push(document.toJS());
  }
  const resources = documents.map((document) => parseResource(document));
  const kinds = new Set<string>(resources.map(({ kind }) => kind));
  for (const kind of ['Cluster', 'SyncPolicy', 'Domain', 'UnifiedCM', 'AllowRule', 'AccessControl', 'HttpTransport']) {
    assert.ok(kinds.has(kind), kind);
  }
  const cluster = resources.find((resource) => resource.kind === 'Cluster');
  assert.equal(cluster?.spec.edges[0]?.admin.url, `https://127.0.0.1:${estate.layout.edges[0]?.adminPort}`);
  assert.match(cluster.spec.cores[1]?.admin.ca ?? '', /BEGIN CERTIFICATE/);
  const unifiedCm = resources.find((resource) => resource.kind === 'UnifiedCM');
  assert.equal(unifiedCm?.spec.udsPort, estate.layout.ucPort);
});

test('a commit changes what it is told to, and says who made it', async () => {
  const path = 'clusters/lab/domains.yaml';
  const commit = await estate.repository.edit('Stop SIP', path, 'sip: true', 'sip: false');
  assert.match(commit, /^[0-9a-f]{40}$/);
  assert.match(await estate.repository.read(path), /sip: false/);
  const line = await estate.repository.git('log', '-1', '--format=%an <%ae> %s');
  assert.equal(line, 'Ada Engineer <ada@example.com> Stop SIP');
  await estate.repository.revertHead();
  assert.match(readFileSync(join(estate.repository.directory, path), 'utf8'), /sip: true/);
  await assert.rejects(estate.repository.edit('No', path, 'not there', ''), /does not hold/);
});

test('the UC servers of the estate serve and are driven', async () => {
  await estate.unifiedCm.putUser({ userName: 'bob', password: 'builder' });
  assert.equal((await estate.unifiedCm.record()).counts.requests, 0);
});

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { type Socket, connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ConnectionOptions, type TLSSocket, connect } from 'node:tls';
import type { CredentialFiles } from '../../../../src/lab/certificates/certificate-paths.js';
import { Mesh, type Party, downReason, isUp } from './mesh.js';

type Violation = readonly [kind: string, address: string];

/** An edge that waits for core1 and writes down whom it refused. */
async function suspicious(t: TestContext) {
  const mesh = await Mesh.of(t, 'edge1', 'core1', 'core2');
  const violations: Violation[] = [];
  const waiting: (() => void)[] = [];
  const edge = await mesh.edge('edge1', ['core1'], {
    onViolation: (...violation) => {
      violations.push(violation);
      for (const told of waiting) told();
    },
  });
  const told = async () => {
    if (violations.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    return violations[0];
  };
  return { mesh, edge, told };
}

function dial(t: TestContext, edge: Party, options: ConnectionOptions): TLSSocket {
  const socket = connect({ host: '127.0.0.1', port: edge.links.port() ?? 0, rejectUnauthorized: false, ...options });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

test('a core with a certificate of another CA is refused', async (t) => {
  const { mesh, edge, told } = await suspicious(t);
  await mesh.core('core1', [edge], [], { credential: mesh.certificates.unrelatedServer('core1') });
  assert.deepEqual(await told(), ['authentication', '127.0.0.1']);
  assert.deepEqual(edge.heard, []);
});

test('a core with the certificate of another node is refused, whatever it calls itself', async (t) => {
  const { mesh, edge, told } = await suspicious(t);
  const core = await mesh.core('core1', [edge], [], { credential: mesh.certificates.signalling('core2') });
  assert.deepEqual(await told(), ['authentication', '127.0.0.1']);
  assert.notEqual(await downReason(core, 'edge1'), '');
  assert.deepEqual(edge.heard, []);
});

test('a core that calls itself what its certificate is not is refused', async (t) => {
  const mesh = await Mesh.of(t, 'edge1', 'core1', 'core2');
  const edge = await mesh.edge('edge1', ['core1', 'core2']);
  const core = await mesh.core('core2', [edge], [], { credential: mesh.certificates.signalling('core1') });
  assert.match(
    await downReason(edge, 'core1'),
    /calls itself core "core2", but its certificate is that of core "core1"/,
  );
  assert.equal(core.to('edge1').isUp, false);
});

test('a client without a certificate is refused', async (t) => {
  const { edge, told } = await suspicious(t);
  const socket = dial(t, edge, { ALPNProtocols: ['fairlead-signalling'] });
  await closed(socket);
  assert.deepEqual(await told(), ['authentication', '127.0.0.1']);
});

test('a certificate that is not for clients is refused', async (t) => {
  const { mesh, edge, told } = await suspicious(t);
  await mesh.core('core1', [edge], [], { credential: mesh.certificates.server('core1') });
  assert.deepEqual(await told(), ['authentication', '127.0.0.1']);
});

test('TLS 1.1, and a client that does not mean the signalling port, are refused', async (t) => {
  const { mesh, edge } = await suspicious(t);
  const { certFile, keyFile } = mesh.certificates.signalling('core1');
  const credential = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const old = dial(t, edge, { ...credential, maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' });
  const web = dial(t, edge, { ...credential });
  await Promise.all([closed(old), closed(web)]);
  assert.deepEqual(edge.heard, []);
});

test('an edge of another CA, or with another name, is not talked to', async (t) => {
  const mesh = await Mesh.of(t, 'edge1', 'edge2', 'core1');
  const forged = await mesh.edge('edge1', ['core1'], { credential: mesh.certificates.unrelatedServer('edge1') });
  const other = await mesh.edge('edge2', ['core1'], {});
  const core = await mesh.core('core1', [forged, other], [], { expected: { edge2: 'edge3.test.example' } });
  assert.match(await downReason(core, 'edge1'), /certificate/);
  assert.match(await downReason(core, 'edge2'), /does not carry the name edge3\.test\.example/);
});

test('an edge that is not the one of the configuration is left again', async (t) => {
  const mesh = await Mesh.of(t, 'edge1', 'edge2', 'core1');
  const edge = await mesh.edge('edge2', ['core1']);
  const core = await mesh.core('core1', [{ ...edge, name: 'edge1' }], [], {
    expected: { edge1: 'edge2.test.example' },
  });
  assert.match(
    await downReason(core, 'edge1'),
    /calls itself edge "edge2", but the configuration has edge "edge1" there/,
  );
});

test('a renewed certificate is shown to whoever connects after its files were read again', async (t) => {
  const mesh = await Mesh.of(t, 'edge1', 'core1');
  const credential = {
    certFile: join(mesh.certificates.directory, 'a.crt'),
    keyFile: join(mesh.certificates.directory, 'a.key'),
  };
  const install = (from: CredentialFiles) => {
    copyFileSync(from.certFile, credential.certFile);
    copyFileSync(from.keyFile, credential.keyFile);
  };
  install(mesh.certificates.unrelatedServer('edge1'));
  const edge = await mesh.edge('edge1', ['core1'], { credential });
  const core = await mesh.core('core1', [edge]);
  assert.match(await downReason(core, 'edge1'), /certificate/);

  install(mesh.certificates.signalling('edge1'));
  for (const part of edge.links.files) await part.reload();
  await isUp(core, 'edge1');
});

test('strangers that say nothing take at most eight places of one address', async (t) => {
  const { edge } = await suspicious(t);
  const gone: number[] = [];
  const sockets = Array.from({ length: 9 }, () => connectTcp(edge.links.port() ?? 0, '127.0.0.1'));
  t.after(() => sockets.map((socket) => socket.destroy()));
  await Promise.race(sockets.map((socket) => closed(socket).then(() => gone.push(1))));
  assert.equal(gone.length, 1);
});

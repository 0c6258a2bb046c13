import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemClock as clock } from '../../../src/platform/clock.js';
import { silentLog as log } from '../../../src/platform/log.js';
import { newCoreLinks } from '../../../src/runtime/link/core-links.js';
import { newEdgeLinks } from '../../../src/runtime/link/edge-links.js';
import { LinkEstate } from './estate.js';
import { newStanding } from '../new-standing.js';

const deps = { clock, log, isConfirmed: () => false, standings: newStanding('node') };
const listen = { host: '127.0.0.1', port: 0 };

test('an edge says which key file it cannot use and why', async (t) => {
  const estate = new LinkEstate(t);
  const broken = estate.key('broken').file;
  const start = (hostKeyFile: string) =>
    newEdgeLinks({ listen, hostKeyFile, cores: [] }, { ...deps, nodeName: 'edge1' }).start();
  await assert.rejects(start('/nowhere/key'), {
    code: 'node.config',
    message: /^link\.hostKeyFile \(\/nowhere\/key\): ENOENT/,
  });
  writeFileSync(broken, 'not a key');
  await assert.rejects(start(broken), { code: 'node.config', message: /^link\.hostKeyFile/ });
  writeFileSync(broken, estate.key('core1').publicKey);
  await assert.rejects(start(broken), { code: 'node.config' });
});

test('an edge says which core has a key that is none, or that another core has', async (t) => {
  const estate = new LinkEstate(t);
  const hostKeyFile = estate.key('edge1').file;
  const { publicKey } = estate.key('core1');
  const start = (cores: { name: string; publicKey: string }[]) =>
    newEdgeLinks({ listen, hostKeyFile, cores }, { ...deps, nodeName: 'edge1' }).start();
  await assert.rejects(start([{ name: 'core1', publicKey: 'ssh-rsa AAAA' }]), {
    code: 'node.config',
    message: /^link\.cores of core1: the key is of type ssh-rsa, and only ssh-ed25519 is accepted$/,
  });
  const twins = [
    { name: 'core1', publicKey },
    { name: 'core2', publicKey: `${publicKey} (a copy)` },
  ];
  await assert.rejects(start(twins), { code: 'node.config', message: /^link\.cores of core2: .* that of core1 too$/ });
});

test('a core says which of its keys is not usable', async (t) => {
  const estate = new LinkEstate(t);
  const edge = { name: 'edge1', host: '127.0.0.1', port: 1, hostKey: 'nonsense' };
  const start = (clientKeyFile: string, hostKey: string) =>
    newCoreLinks(
      { clientKeyFile, edges: [{ ...edge, hostKey }] },
      { ...deps, nodeName: 'core1', onChannel: (channel) => void channel.destroy() },
    ).start();
  await assert.rejects(start(estate.key('core1').file, 'nonsense'), {
    code: 'node.config',
    message: /^link\.edges of edge1: not a public key/,
  });
  await assert.rejects(start('/nowhere/key', estate.key('edge1').publicKey), {
    code: 'node.config',
    message: /^link\.clientKeyFile/,
  });
});

test('an edge that cannot listen says where', async (t) => {
  const estate = new LinkEstate(t);
  const first = await estate.edge('edge1', []);
  await assert.rejects(estate.edge('edge1', [], { port: first.port() }), {
    code: 'node.config',
    message: /^link\.listen 127\.0\.0\.1:\d+: listen EADDRINUSE/,
  });
});

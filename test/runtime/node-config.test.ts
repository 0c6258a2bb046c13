import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { FairleadError } from '../../src/errors.js';
import { parseNodeConfig } from '../../src/runtime/node-config-file.js';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample core-1';

const shared = {
  name: 'edge-1',
  cluster: 'emea',
  stateDir: 'state/edge-1',
  admin: {
    listen: { host: '127.0.0.1', port: 0 },
    tls: { certFile: 'tls/admin.crt', keyFile: '/etc/fairlead/admin.key' },
    identities: [{ name: 'reconciler', scopes: ['apply'], tokenSha256: 'a'.repeat(64) }],
  },
};

const edge = {
  ...shared,
  role: 'edge',
  access: {
    listen: { host: '0.0.0.0', port: 8443 },
    tls: { certFile: 'tls/edge.crt', keyFile: 'tls/edge.key' },
    publicName: 'edge-1.example.com',
  },
  link: {
    listen: { host: '0.0.0.0', port: 2222 },
    hostKeyFile: 'link/edge-1',
    cores: [{ name: 'core-1', publicKey }],
  },
  tokens: { verificationKeysFile: 'tokens/keys.pem' },
};

const core = {
  ...shared,
  role: 'core',
  name: 'core-1',
  hosts: { 'cucm.example.com': '192.0.2.1' },
  link: {
    clientKeyFile: 'link/core-1',
    edges: [{ name: 'edge-1', host: 'edge-1.example.com', port: 2222, hostKey: publicKey }],
  },
  tokens: { signingKeyFile: 'tokens/core-1.key', verificationKeysFile: 'tokens/keys.pem' },
};

function parse(value: unknown) {
  return parseNodeConfig(stringify(value), '/srv/nodes/node.yaml');
}

/** The details with which a text is refused. */
function faultsOf(text: string): readonly string[] {
  try {
    parseNodeConfig(text, 'node.yaml');
    return [];
  } catch (error) {
    assert.ok(error instanceof FairleadError && error.code === 'node.config', String(error));
    return error.details.map(({ place, message }) => `${place} ${message}`);
  }
}

test('paths start at the folder of the file, and what is left out has its default', () => {
  const config = parse(edge);
  assert.equal(config.logLevel, 'info');
  assert.equal(config.stateDir, '/srv/nodes/state/edge-1');
  assert.deepEqual(config.admin.tls, { certFile: '/srv/nodes/tls/admin.crt', keyFile: '/etc/fairlead/admin.key' });
  assert.ok(config.role === 'edge', config.role);
  assert.equal(config.access.tls.keyFile, '/srv/nodes/tls/edge.key');
  assert.equal(config.link.hostKeyFile, '/srv/nodes/link/edge-1');
  assert.equal(config.tokens.verificationKeysFile, '/srv/nodes/tokens/keys.pem');
});

test('a core has its own fields', () => {
  const config = parse({ ...core, logLevel: 'debug' });
  assert.ok(config.role === 'core', config.role);
  assert.equal(config.logLevel, 'debug');
  assert.equal(config.link.clientKeyFile, '/srv/nodes/link/core-1');
  assert.equal(config.tokens.signingKeyFile, '/srv/nodes/tokens/core-1.key');
  assert.deepEqual(config.hosts, { 'cucm.example.com': '192.0.2.1' });
});

test('every fault is told at once with its line', () => {
  const text = stringify({ ...edge, nmae: 'x', cluster: 7 }).replace('port: 8443', 'port: 84430');
  const lines = text.split('\n');
  const lineOf = (start: string): number => lines.findIndex((line) => line.trimStart().startsWith(start)) + 1;
  const faults = faultsOf(text);
  assert.equal(faults.length, 3);
  assert.ok(
    faults.some((fault) => fault.startsWith(`node.yaml:${lineOf('nmae')}:1 there is no field "nmae"`)),
    faults.join(),
  );
  assert.ok(
    faults.some((fault) => fault.startsWith(`node.yaml:${lineOf('cluster')}:`)),
    faults.join(),
  );
  assert.ok(
    faults.some((fault) => fault.startsWith(`node.yaml:${lineOf('port: 84430')}:`)),
    faults.join(),
  );
});

test('an edge has no field of a core, and the role must be one of the two', () => {
  assert.match(faultsOf(stringify({ ...core, role: 'edge' })).join('\n'), /access is missing/);
  assert.match(faultsOf(stringify({ ...core, access: edge.access })).join('\n'), /there is no field "access"/);
  assert.match(faultsOf(stringify({ ...edge, role: 'middle' })).join('\n'), /role must be edge or core/);
  for (const text of ['', 'text', '[]', 'a: [', '---\na: 1\n---\nb: 2']) assert.notDeepEqual(faultsOf(text), [], text);
});

test('identities are told apart by name, token and certificate', () => {
  const [first] = shared.admin.identities;
  const withIdentities = (identities: readonly object[]): string =>
    faultsOf(stringify({ ...edge, admin: { ...shared.admin, identities } })).join('\n');
  const second = { ...first, name: 'other' };
  assert.match(withIdentities([first!, second]), /another identity has the same token/);
  assert.match(withIdentities([first!, { ...first, tokenSha256: 'b'.repeat(64) }]), /two items with the same name/);
  assert.match(
    withIdentities([{ name: 'a', scopes: ['read'], clientCommonName: 'a' }]),
    /need admin\.tls\.clientCaFile/,
  );
  assert.match(
    withIdentities([{ ...first, clientCommonName: 'a' }]),
    /exactly one of tokenSha256 and clientCommonName/,
  );
  assert.match(
    withIdentities([{ name: 'a', scopes: ['admin'], tokenSha256: 'b'.repeat(64) }]),
    /read, operate or apply/,
  );
  assert.notEqual(withIdentities([]), '');
});

const signallingTls = { certFile: 'tls/sig.crt', keyFile: 'tls/sig.key', caFile: 'tls/ca.crt' };
const edgeSip = {
  signalling: {
    listen: { host: '0.0.0.0' },
    tls: signallingTls,
    cores: [{ name: 'core-1', certificateName: 'core-1.example.net' }],
  },
  sip: { tls: { host: '0.0.0.0' } },
};
const coreSip = {
  signalling: {
    tls: signallingTls,
    edges: [{ name: 'edge-1', certificateName: 'edge-1.example.com', host: 'edge-1.example.com' }],
  },
  sip: { advertisedHost: 'core-1.example.net', tcp: { host: '::' }, tls: { host: '::' } },
};

test('SIP of an edge has its usual ports and the certificate of access', () => {
  const { signalling, sip } = parse({ ...edge, ...edgeSip });
  assert.deepEqual(signalling, {
    ...edgeSip.signalling,
    listen: { host: '0.0.0.0', port: 7001 },
    tls: {
      certFile: '/srv/nodes/tls/sig.crt',
      keyFile: '/srv/nodes/tls/sig.key',
      caFile: '/srv/nodes/tls/ca.crt',
    },
  });
  assert.deepEqual(sip, {
    tls: { host: '0.0.0.0', port: 5061 },
    certificate: { certFile: '/srv/nodes/tls/edge.crt', keyFile: '/srv/nodes/tls/edge.key' },
  });
});

test('SIP of a core has its usual ports and the certificate of its links', () => {
  const { signalling, sip } = parse({ ...core, ...coreSip });
  assert.deepEqual(signalling?.tls.caFile, '/srv/nodes/tls/ca.crt');
  assert.deepEqual(sip, {
    advertisedHost: 'core-1.example.net',
    tcp: { host: '::', port: 5060 },
    tls: { host: '::', port: 5061 },
    certificate: { certFile: '/srv/nodes/tls/sig.crt', keyFile: '/srv/nodes/tls/sig.key' },
  });
});

test('a node without the sections of SIP has none', () => {
  const { signalling, sip } = parse(edge);
  assert.deepEqual([signalling, sip], [undefined, undefined]);
});

test('SIP is refused where it could not work, with all that is missing', () => {
  const named = { name: 'core-0', certificateName: 'edge-1.example.com', host: '192.0.2.9' };
  const { signalling, sip } = coreSip;

  assert.match(faultsOf(stringify({ ...edge, sip: edgeSip.sip })).join(), /sip needs the section signalling/);
  assert.match(
    faultsOf(stringify({ ...core, signalling, sip: { advertisedHost: 'core-1' } })).join(),
    /at least one of tcp, udp and tls/,
  );
  assert.deepEqual(
    faultsOf(
      stringify({ ...core, sip, signalling: { ...signalling, cores: [named, { ...named, name: 'core-1' }] } }),
    ).map((text) => text.replace(/^\S+ /, '')),
    [
      'another peer has the same certificateName',
      'another peer has the same certificateName',
      'this is the node itself; only other cores stand here',
      'listen is missing: core-0 sorts before core-1 and dials it',
    ],
  );
});

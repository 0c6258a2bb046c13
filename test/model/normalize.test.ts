import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultResource, fixedSetMembers } from '../../src/model/defaults.js';
import { allKinds, kindInfo } from '../../src/model/kinds.js';
import { normalize } from '../../src/model/normalize.js';
import { parseResource, validateResource } from '../../src/model/validate.js';
import { arbitraryDocument } from './arbitrary-resource.js';

const apiVersion = 'fairlead.dev/v1';

function specOf(kind: string, spec: unknown, name = 'default'): unknown {
  return parseResource({ apiVersion, kind, metadata: { name }, spec }).spec;
}

function admin(name: string): unknown {
  return { name, admin: { url: `https://${name}.example.com:9443`, tokenRef: { env: 'FAIRLEAD_SECRET_ADMIN' } } };
}

for (const kind of allKinds) {
  test(`normalizing ${kind} twice, or through JSON, changes nothing more, and what is normal is valid`, () => {
    const law = fc.property(arbitraryDocument(kind), (document) => {
      const once = parseResource(document);
      assert.deepEqual(normalize(once), once);
      assert.equal(JSON.stringify(parseResource(JSON.parse(JSON.stringify(once)))), JSON.stringify(once));
      assert.deepEqual(validateResource(once), []);
    });
    fc.assert(law, { numRuns: 40 });
  });
}

test('the order in which an author writes members, sets and keyed items does not count', () => {
  const one = specOf(
    'AllowRule',
    { url: 'https://a.example.com/', methods: ['PUT', 'GET', 'PUT'], match: 'exact' },
    'a',
  );
  const other = specOf('AllowRule', { match: 'exact', methods: ['GET', 'PUT'], url: 'https://a.example.com/' }, 'a');
  assert.equal(JSON.stringify(one), JSON.stringify(other));
});

test('defaults are filled in to every depth, and what has none stays absent', () => {
  assert.deepEqual(specOf('SyncPolicy', { limits: { deletes: { percent: 5 } } }), {
    ...defaultResource('SyncPolicy').spec,
    limits: { deletes: { percent: 5, number: 20 }, updates: { percent: 50, number: 100 }, appliesFromResources: 10 },
  });
  assert.equal('suspend' in defaultResource('SyncPolicy').spec, false);
});

test('edges are sorted by name while cores keep the order of preference', () => {
  const cluster = parseResource({
    apiVersion,
    kind: 'Cluster',
    metadata: { name: 'emea' },
    spec: { edges: [admin('edge-2'), admin('edge-1')], cores: [admin('core-2'), admin('core-1')] },
  });
  assert.ok(cluster.kind === 'Cluster');
  assert.deepEqual(
    cluster.spec.edges.map(({ name }) => name),
    ['edge-1', 'edge-2'],
  );
  assert.deepEqual(
    cluster.spec.cores.map(({ name }) => name),
    ['core-2', 'core-1'],
  );
});

test('hosts, addresses, URLs and cron expressions that mean the same become the same text', () => {
  const spec = {
    publisher: 'CUCM.Example.com',
    credentials: { username: 'Reader', passwordRef: { file: 'cucm/password' } },
    refresh: { policy: 'window', windows: [{ cron: ' 0 2  * * sat', durationMinutes: 5 }] },
  };
  const unified = parseResource({ apiVersion, kind: 'UnifiedCM', metadata: { name: 'a' }, spec });
  assert.ok(unified.kind === 'UnifiedCM');
  assert.equal(unified.spec.publisher, 'cucm.example.com');
  assert.equal(unified.spec.credentials.username, 'Reader', 'names of accounts are told apart by letter case');
  assert.deepEqual(unified.spec.refresh.windows, [{ cron: '0 2 * * SAT', timeZone: 'UTC', durationMinutes: 5 }]);
  const sources = { proxyProtocolSources: ['192.0.2.1/32', '2001:DB8::1', '192.0.2.1'] };
  const http = parseResource({ apiVersion, kind: 'HttpTransport', metadata: { name: 'default' }, spec: sources });
  assert.ok(http.kind === 'HttpTransport');
  assert.deepEqual(http.spec.proxyProtocolSources, ['192.0.2.1/32', '2001:db8::1/128']);
});

test('every kind without required fields has a default resource', () => {
  const withDefaults = allKinds.filter((kind) => {
    const { cardinality, schema } = kindInfo(kind);
    return cardinality === 'one' && kind !== 'Cluster' && schema.properties?.['spec']?.required === undefined;
  });
  assert.equal(withDefaults.length, 8);
  for (const kind of withDefaults) assert.equal(defaultResource(kind).metadata.name, 'default');
});

test('the members of a fixed set exist with the defaults of the set', () => {
  const enabled = fixedSetMembers('ProtectionCategory').map(({ metadata, spec }) => [metadata.name, spec.enabled]);
  assert.deepEqual(enabled, [
    ['http-ce-auth', true],
    ['http-ce-access', false],
    ['http-ce-intrusion', true],
    ['sip-auth', true],
    ['sip-register', true],
    ['sshpfwd-auth', true],
    ['sshpfwd-intrusion', true],
    ['xmpp-intrusion', true],
  ]);
  assert.deepEqual(fixedSetMembers('Exemption'), []);
});

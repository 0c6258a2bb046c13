import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allKinds, fieldTraits, isKind, kindInfo } from '../../src/model/kinds.js';
import { nearest } from '../../src/model/nearest.js';

test('kinds come in the order of waves, so that what others need is there before them', () => {
  const waves = allKinds.map((kind) => kindInfo(kind).wave);
  assert.deepEqual(
    waves,
    waves.toSorted((a, b) => a - b),
  );
  const position = (kind: string): number => allKinds.findIndex((one) => one === kind);
  assert.ok(position('HttpTransport') < position('UnifiedCM'));
  assert.ok(position('Exemption') < position('Protection'), 'an address is exempt before anything can block it');
  assert.equal(allKinds.at(-1), 'Maintenance');
});

test('credentials for servers inside never leave the cores, and the reconciler keeps its own kinds', () => {
  for (const kind of ['UnifiedCM', 'IMPresence', 'UnityConnection', 'Cluster'] as const) {
    assert.deepEqual(kindInfo(kind).roles, ['core']);
  }
  assert.deepEqual(kindInfo('SyncPolicy').roles, []);
});

test('the last one is kept of exactly the kinds without which nobody is served', () => {
  const kept = allKinds.filter((kind) => kindInfo(kind).keepLast);
  assert.deepEqual(kept.toSorted(), ['Domain', 'IMPresence', 'UnifiedCM', 'UnityConnection']);
});

test('kinds are told apart by letter case', () => {
  assert.ok(isKind('UnifiedCM'));
  assert.ok(!isKind('unifiedCM'));
  assert.ok(!isKind('constructor'));
});

test('a field has the traits that its schema says, through references and arrays', () => {
  assert.deepEqual(fieldTraits('UnifiedCM', '/spec/publisher'), {
    interrupts: 'sessions',
    refreshes: true,
    secret: false,
    rendered: false,
    set: false,
    key: undefined,
  });
  assert.equal(fieldTraits('UnifiedCM', '/spec/nodes').key, 'host');
  assert.equal(fieldTraits('AllowRule', '/spec/methods').set, true);
  assert.equal(fieldTraits('Cluster', '/spec/edges/0/admin/tokenRef/env').secret, true);
  assert.equal(fieldTraits('Cluster', '/spec/edges/edge-1/admin/tokenRef/fingerprint').rendered, true);
  assert.equal(fieldTraits('Cluster', '/spec/edges/0/admin/url').secret, false);
});

test('a field without traits of its own takes them from the field around it, and that from the kind', () => {
  assert.equal(fieldTraits('UnifiedCM', '/spec/tls/ca').interrupts, 'new-sessions');
  assert.equal(fieldTraits('UnifiedCM', '/spec/tls/ca').refreshes, true);
  assert.equal(fieldTraits('UnifiedCM', '/spec/refresh/windows/0/cron').interrupts, 'nothing');
  assert.equal(fieldTraits('UnifiedCM', '/spec/refresh/policy').refreshes, false);
  assert.equal(fieldTraits('Domain', '/spec/sip').interrupts, 'sessions');
  assert.equal(fieldTraits('Domain', '/metadata/annotations/owner').interrupts, 'nothing');
  assert.equal(fieldTraits('SipTransport', '/spec/registrationMode').refreshes, true);
  assert.equal(fieldTraits('SipTransport', '').interrupts, 'new-sessions');
});

test('a pointer that leads nowhere takes the traits of the last field on its way', () => {
  assert.equal(fieldTraits('UnifiedCM', '/spec/tls/nothing/there').interrupts, 'new-sessions');
  assert.equal(fieldTraits('UnifiedCM', '/__proto__/x').refreshes, false);
});

test('the nearest name is found over slips of the finger and unfinished words, and nothing far away', () => {
  const names = ['publisher', 'nodes', 'udsPort', 'sipPort', 'credentials', 'passwordRef'];
  assert.equal(nearest('publihser', names), 'publisher');
  assert.equal(nearest('Nodes', names), 'nodes');
  assert.equal(nearest('credential', names), 'credentials');
  assert.equal(nearest('password', names), 'passwordRef');
  assert.equal(nearest('sipport', names), 'sipPort');
  assert.equal(nearest('zone', ['requestTimeoutSeconds']), undefined);
  assert.equal(nearest('', names), undefined);
  assert.equal(nearest('x'.repeat(100_000), names), undefined);
});

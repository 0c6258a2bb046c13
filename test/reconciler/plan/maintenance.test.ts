import assert from 'node:assert/strict';
import { test } from 'node:test';
import { impactText } from '../../../src/reconciler/output/plan-words.js';
import { type NodeCase, planOf, plannedLine, type Specs } from './fixture.js';

const nodes: Readonly<Record<string, NodeCase>> = {
  'edge-1': { role: 'edge', counts: { users: 0, sessions: 5, registrations: 30, calls: 5, excludedCalls: 1 } },
  'core-1': { counts: { users: 0, sessions: 2, registrations: 10, calls: 2, excludedCalls: 1 } },
  'core-2': { counts: { users: 0, sessions: 3, registrations: 20, calls: 3, excludedCalls: 2 } },
};

function planFor(desired: Specs, more: { readonly policy?: Specs; readonly nodes?: typeof nodes } = {}) {
  return planOf({ name: 'maintenance', desired, nodes, now: '2026-03-02T12:00:00Z', ...more });
}

function blockers(...given: Parameters<typeof planFor>): readonly string[] {
  return planFor(...given).blockers.map(({ code, message }) => `${code}: ${message}`);
}

function nightly(name: string, cron: string, durationMinutes: number) {
  return { nodes: [name], window: { cron, timeZone: 'Etc/UTC', durationMinutes } };
}

test('only the nodes that a Maintenance names get it', () => {
  const { nodes: parts } = planFor({ 'Maintenance/m': { nodes: ['core-2'] } });
  const lines = parts.map(({ node, changes }) => `${node.name}: ${changes.map(plannedLine).join()}`);
  assert.deepEqual(lines, ['edge-1: ', 'core-1: ', 'core-2: create Maintenance/m (new-sessions) commit 1a2b3c4']);
});

test('a Maintenance that moves on to another node leaves the one and reaches the other', () => {
  const before = { observed: { 'Maintenance/m': { nodes: ['core-2'] } } };
  const { nodes: parts } = planFor(
    { 'Maintenance/m': { nodes: ['core-1'] } },
    { nodes: { ...nodes, 'core-2': before } },
  );
  const lines = parts.flatMap(({ node, changes }) => changes.map((change) => `${node.name} ${plannedLine(change)}`));
  assert.deepEqual(
    lines.map((line) => line.split(' (')[0]),
    ['core-1 create Maintenance/m', 'core-2 delete Maintenance/m'],
  );
});

test('the impact counts what is on the nodes that drain, and the calls that do not outlast the beginning', () => {
  const { impact } = planFor({ 'Maintenance/m': { nodes: ['core-2'] } });
  assert.deepEqual(impact.onlyNewSessions, { users: 0, sessions: 3, registrations: 20, calls: 3 });
  assert.equal(impact.endedCalls, 2);
  assert.match(impactText(impact), /^nobody interrupted; 2 calls of excluded endpoints ended; 3 sessions/);
  assert.equal(
    planFor({ 'Exemption/x': { range: '192.0.2.1/32', categories: ['sip-auth'] } }).impact.endedCalls,
    undefined,
  );
});

test('the last node of a role that serves is not taken out, unless the policy says so', () => {
  const all = { 'Maintenance/m': { nodes: ['core-1', 'core-2'] } };
  assert.deepEqual(blockers(all), [
    'guard.last-serving: the plan leaves no core that answers and serves now: core-1 and core-2 in maintenance mode; ' +
      'SyncPolicy spec.allowWholeRoleMaintenance is false',
  ]);
  assert.deepEqual(blockers(all, { policy: { allowWholeRoleMaintenance: true } }), []);
  assert.deepEqual(blockers({ 'Maintenance/m': { nodes: ['core-2'] } }), []);
  assert.match(blockers({ 'Maintenance/m': { nodes: ['edge-1'] } })[0] ?? '', /^guard\.last-serving.* no edge/);
});

test('a node that does not answer serves nobody, so its peer is the last one', () => {
  const policy = { unreachableNodesTolerated: 1 };
  const away = { ...nodes, 'core-1': { unreachable: 'connection refused' } };
  assert.match(
    blockers({ 'Maintenance/m': { nodes: ['core-2'] } }, { policy, nodes: away })[0] ?? '',
    /guard\.last-serving/,
  );
});

test('windows that overlap on all nodes of a role are found before they open', () => {
  const apart = {
    'Maintenance/a': nightly('core-1', '0 1 * * *', 60),
    'Maintenance/b': nightly('core-2', '0 2 * * *', 60),
  };
  assert.deepEqual(blockers(apart), []);
  const overlapping = { ...apart, 'Maintenance/b': nightly('core-2', '30 1 * * SUN', 60) };
  assert.match(blockers(overlapping)[0] ?? '', /serves at 2026-03-08T01:30:00\.000Z: core-1 and core-2/);
  const within = {
    'Maintenance/a': nightly('core-1', '0 0 15 * *', 300),
    'Maintenance/b': nightly('core-2', '30 * * * *', 10),
  };
  assert.match(blockers(within)[0] ?? '', /serves at 2026-03-15T00:30/);
});

test('a plan that changes no Maintenance is not held up by what is in maintenance mode already', () => {
  const maintenance = { nodes: ['core-1', 'core-2'] };
  const running = { observed: { 'Maintenance/m': maintenance } };
  const desired = { 'Maintenance/m': maintenance, 'CredentialCaching/default': {} };
  assert.deepEqual(blockers(desired, { nodes: { ...nodes, 'core-1': running, 'core-2': running } }), []);
});

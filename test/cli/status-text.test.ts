import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maintenanceText } from '../../src/cli/status/maintenance-text.js';
import { statusText } from '../../src/cli/status/status-text.js';
import { plainStyle } from '../../src/reconciler/output/style.js';
import type { ClusterStatus, ReconcilerStatus } from '../../src/reconciler/status/status.js';

const old = { id: '1'.repeat(40), author: 'Ada', subject: 'Old', time: '2026-01-01T00:00:00Z' };
const next = { ...old, id: '2'.repeat(40), subject: 'New' };
const nothing = { state: 'nothing', at: '2026-01-01T00:01:00Z', commit: old.id } as const;

type Part = Partial<Pick<ClusterStatus, 'isPassing' | 'desired' | 'nodes'>>;

function linesOf(part: Part): readonly string[] {
  const none = { isPassing: false, nodes: [], drift: [], blockers: [], problems: [], failures: 0, events: [] };
  const clusters = [{ cluster: 'emea', lastGood: old, outcome: nothing, ...none, ...part }];
  const status: ReconcilerStatus = { version: 1, startedAt: old.time, source: { problems: [] }, clusters };
  return statusText(status, plainStyle).split('\n');
}

function titleOf(part: Part): string {
  return linesOf(part)[0] ?? '';
}

test('a cluster that is looked at again is in sync', () => {
  assert.equal(titleOf({ isPassing: true, desired: old }), 'emea  in sync');
});

test('while a newer commit is being applied, the status does not say that all is done', () => {
  assert.equal(titleOf({ isPassing: true, desired: next }), 'emea  in sync, and a newer commit is on its way');
});

test('a node that later commits did not concern runs what is desired; only one that lacks something is behind', () => {
  const older = '3'.repeat(40);
  const shared = { role: 'edge', reachable: true, ready: true } as const;
  const nodes: ClusterStatus['nodes'] = [
    { ...shared, name: 'edge-1', revision: older, inForce: next.id },
    { ...shared, name: 'edge-2', revision: older, inForce: old.id },
    { ...shared, name: 'edge-3', revision: older },
    { ...shared, name: 'edge-4', revision: '' },
    { name: 'edge-5', role: 'edge', reachable: false },
  ];
  const rows = linesOf({ desired: next, nodes }).flatMap((line) => /edge-\d +edge +(.+?) {2}/.exec(line)?.[1] ?? []);
  assert.deepEqual(rows, ['desired', 'applied', 'behind, 3333333', 'nothing', '-']);
});

test('the commit that was applied last is told only while another one is desired', () => {
  const appliedIn = (part: Part) => linesOf(part).some((line) => line.startsWith('  applied  1111111'));
  assert.deepEqual([appliedIn({ desired: old }), appliedIn({ desired: next })], [false, true]);
});

test('a node that drains says so with what is left, and a drained one that nothing is', () => {
  const since = '2026-01-01T00:00:00Z';
  const shared = { role: 'core', reachable: true, ready: true } as const;
  const nodes: ClusterStatus['nodes'] = [
    {
      ...{ ...shared, name: 'core-1' },
      maintenance: { state: 'draining', names: ['m'], since, left: { registrations: 3, calls: 1, requests: 0 } },
    },
    {
      ...{ ...shared, name: 'core-2' },
      maintenance: { state: 'drained', names: ['m'], since, left: { registrations: 0, calls: 0, requests: 1 } },
    },
  ];
  const states = linesOf({ nodes }).flatMap((line) => /(ready, dra.+?) {2}/.exec(line)?.[1] ?? []);
  assert.deepEqual(states, [
    'ready, draining (Maintenance Mode), 3 registrations, 1 call left',
    'ready, drained (Maintenance Mode)',
  ]);
});

test('the devices of a cluster are told once, by the word of a core, and never added up', () => {
  const shared = { reachable: true, ready: true } as const;
  const traffic = { users: 0, sessions: 0, registrations: 2, registrationsPeak: 2, calls: 0 };
  const nodes: ClusterStatus['nodes'] = [
    {
      ...{ ...shared, name: 'edge-1', role: 'edge' },
      counts: { ...traffic, clusterRegistrations: 3, clusterRegistrationsPeak: 4 },
    },
    {
      ...{ ...shared, name: 'core-1', role: 'core' },
      counts: { ...traffic, clusterRegistrations: 4, clusterRegistrationsPeak: 5 },
    },
  ];
  const told = (part: Part) => linesOf(part).filter((line) => line.includes('over the cluster'));
  assert.deepEqual(told({ nodes }), ['  registered over the cluster: 4 (peak 5)']);
  assert.deepEqual(told({ nodes: nodes.slice(0, 1) }), ['  registered over the cluster: 3 (peak 4)']);
  assert.deepEqual(told({ nodes: [{ ...shared, name: 'edge-1', role: 'edge' }] }), []);
});

test('one node tells what asks for its maintenance mode, why, since when and until when', () => {
  const left = { registrations: 0, calls: 2, requests: 1 };
  const [since, deadline] = ['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'];
  const names = ['patch-night', 'change-1042'];
  assert.equal(
    maintenanceText({ state: 'draining', names, reason: 'CHG-1042', since, deadline, left }),
    'draining (Maintenance Mode), 2 calls, 1 HTTP request left; asked for by patch-night, change-1042: CHG-1042, ' +
      `since ${since}, what is left is ended at ${deadline}`,
  );
});

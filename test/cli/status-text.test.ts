import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusText } from '../../src/cli/status/status-text.js';
import { plainStyle } from '../../src/reconciler/output/style.js';
import type { ClusterStatus, ReconcilerStatus } from '../../src/reconciler/status/status.js';

const old = { id: '1'.repeat(40), author: 'Ada', subject: 'Old', time: '2026-01-01T00:00:00Z' };
const next = { ...old, id: '2'.repeat(40), subject: 'New' };
const nothing = { state: 'nothing', at: '2026-01-01T00:01:00Z', commit: old.id } as const;

function titleOf(part: Pick<ClusterStatus, 'isPassing' | 'desired'>): string {
  const none = { nodes: [], drift: [], blockers: [], problems: [], failures: 0, events: [] };
  const clusters = [{ cluster: 'emea', lastGood: old, outcome: nothing, ...none, ...part }];
  const status: ReconcilerStatus = { version: 1, startedAt: old.time, source: { problems: [] }, clusters };
  return statusText(status, plainStyle).split('\n')[0] ?? '';
}

test('a cluster that is looked at again is in sync', () => {
  assert.equal(titleOf({ isPassing: true, desired: old }), 'emea  in sync');
});

test('while a newer commit is being applied, the status does not say that all is done', () => {
  assert.equal(titleOf({ isPassing: true, desired: next }), 'emea  in sync, and a newer commit is on its way');
});

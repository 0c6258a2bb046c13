import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifyPlan } from '../../../src/model/plan.js';
import type { CommitInfo } from '../../../src/model/plan.js';
import { causeOf } from '../../../src/reconciler/cause.js';
import { parsePlan, planJson } from '../../../src/reconciler/output/plan-json.js';
import { richPlan } from '../output/rich-plan.js';

const source = {
  ...{ path: 'clusters/emea/access.yaml', line: 1, column: 1 },
  inherited: [{ path: 'base/access.yaml', line: 7, column: 1 }],
};

function commit(id: string, time: string): CommitInfo {
  return { id: id.repeat(40), author: 'Ada Engineer', subject: 'Change a limit', time };
}

test('a change that a base brought is credited to the commit that touched the base', () => {
  const changes = richPlan().nodes.flatMap((node) => node.changes);
  const planned = changes.find(({ change }) => change.key === 'AuthorizationRateControl/default');
  assert.ok(planned !== undefined, 'the plan changes the rate control');
  const touchedBase = commit('b', '2026-03-02T10:00:00Z');
  const commits = new Map([
    ['clusters/emea/access.yaml', commit('a', '2026-03-01T10:00:00Z')],
    ['base/access.yaml', touchedBase],
  ]);
  const known = { commit: commit('c', '2026-03-03T10:00:00Z'), commits, nodeRevision: '', edits: [] };
  assert.deepEqual(causeOf(planned.change, source, known), { type: 'commit', commit: touchedBase });
});

test('a plan over inherited documents comes back from its JSON', () => {
  const before = richPlan();
  const nodes = before.nodes.map((node) => ({ ...node, changes: node.changes.map((one) => ({ ...one, source })) }));
  const plan = identifyPlan({ ...before, nodes });
  assert.equal(planJson(parsePlan(planJson(plan))), planJson(plan));
});

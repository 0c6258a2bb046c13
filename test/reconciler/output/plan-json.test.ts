import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { parsePlan, planJson } from '../../../src/reconciler/output/plan-json.js';
import { planMarkdown } from '../../../src/reconciler/output/plan-markdown.js';
import { planText } from '../../../src/reconciler/output/plan-text.js';
import { isPlanCase, planOf, readTable } from '../plan/fixture.js';
import { richPlan } from './rich-plan.js';

function refusal(text: string): string {
  try {
    parsePlan(text);
  } catch (error) {
    assert.ok(error instanceof FairleadError);
    assert.equal(error.code, 'plan.malformed');
    return error.message;
  }
  return 'accepted';
}

test('a plan comes back from its JSON as it was', () => {
  for (const plan of [richPlan(), ...readTable('../../plan/testdata/plan.yaml', isPlanCase).map(planOf)]) {
    const read = parsePlan(planJson(plan));
    assert.equal(read.id, plan.id);
    assert.equal(planJson(read), planJson(plan));
    assert.equal(planText(read), planText(plan));
    assert.equal(planMarkdown(read), planMarkdown(plan));
  }
});

test('JSON that another tool has laid out anew is the same plan', () => {
  const sorted = JSON.stringify(JSON.parse(planJson(richPlan())));
  assert.equal(parsePlan(sorted).id, richPlan().id);
});

test('a plan of which anything was changed is refused', () => {
  const text = planJson(richPlan());
  const tampered = [
    text.replace('"maximumAuthorizationsPerPeriod": 3', '"maximumAuthorizationsPerPeriod": 9'),
    text.replace('"cluster": "emea"', '"cluster": "apac"'),
    text.replace('Ada Engineer', 'Eve Engineer'),
    text.replace(/"blockers": \[[^]*\]/, '"blockers": []'),
  ];
  for (const one of tampered) {
    assert.notEqual(one, text);
    assert.match(refusal(one), /^the plan was changed: its id is sha256:/);
  }
});

test('the traffic counts of a plan are a reading and not bound', () => {
  const plan = richPlan();
  const none = { users: 0, sessions: 0, registrations: 0 };
  const quiet = { ...plan, impact: { interrupted: none, onlyNewSessions: none, untouched: none } };
  assert.equal(parsePlan(planJson(quiet)).id, plan.id);
});

test('a resource that its kind does not allow is refused with the field that is wrong', () => {
  const [allowed, refused] = ['"maximumAuthorizationsPerPeriod": 3', '"maximumAuthorizationsPerPeriod": -3'];
  assert.match(refusal(planJson(richPlan()).replaceAll(allowed, refused)), /^AuthorizationRateControl\/default: .*-3/);
});

test('what is not a plan is refused with a reason', () => {
  const plan = richPlan();
  const broken: readonly (readonly [string, RegExp])[] = [
    ['', /not JSON/],
    ['{"version": 1', /not JSON/],
    ['null', /not what its schema says/],
    ['[]', /not what its schema says/],
    ['{}', /not what its schema says/],
    [JSON.stringify({ ...plan, version: 2 }), /version is 2/],
    [JSON.stringify({ ...plan, extra: true }), /no field "extra"/],
    [JSON.stringify({ ...plan, nodes: [{}] }), /nodes/],
    [
      JSON.stringify({ ...plan, blockers: [{ code: 'made.up', message: '', mend: '' }] }),
      /there is no blocker "made\.up"/,
    ],
  ];
  for (const [text, reason] of broken) assert.match(refusal(text), reason);
});

test('a plan file beyond the size limit is not read', () => {
  assert.match(refusal(' '.repeat(64 * 1024 * 1024 + 1)), /larger than 67108864 bytes/);
});

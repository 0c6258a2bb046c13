import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifyPlan, isEmptyPlan } from '../../../src/model/plan.js';
import type { Blocker, Impact, NodePlan, PlannedChange } from '../../../src/model/plan.js';
import { plan } from '../../../src/reconciler/plan.js';
import { snapshotAfter } from '../../../src/reconciler/plan-node.js';
import { policyOf } from '../../../src/reconciler/policy.js';
import { contextOf, declarationOf, isPlanCase, nodeOf, planOf, plannedLine, readTable, revision } from './fixture.js';
import type { PlanCase } from './fixture.js';

interface Expected {
  readonly cause: string;
  readonly interrupts?: string;
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  readonly reported?: Readonly<Record<string, readonly string[]>>;
  readonly unmanaged?: Readonly<Record<string, readonly string[]>>;
  readonly refreshes?: readonly string[];
  readonly blockers?: readonly string[];
  readonly impact?: Impact;
  /** The node is left exactly as it is. */
  readonly keepsBase?: boolean;
}

function byNode(nodes: readonly NodePlan[], linesOf: (node: NodePlan) => readonly string[], all = false) {
  const lines = nodes.map((node) => [node.node.name, linesOf(node)] as const);
  return Object.fromEntries(lines.filter(([, texts]) => all || texts.length > 0));
}

function linesOf(changes: readonly PlannedChange[]): readonly string[] {
  return changes.map(plannedLine);
}

function blockerLine({ code, message }: Blocker): string {
  return `${code}: ${message}`;
}

function isExpectingCase(value: unknown): value is PlanCase & { readonly expect: Expected } {
  return isPlanCase(value) && 'expect' in value;
}

const cases = readTable('plan.yaml', isExpectingCase);

for (const given of cases) {
  test(given.name, () => {
    const { expect } = given;
    const found = planOf(given);
    assert.deepEqual(
      byNode(found.nodes, ({ changes }) => linesOf(changes), true),
      expect.nodes,
    );
    assert.deepEqual(
      byNode(found.nodes, ({ reported }) => linesOf(reported)),
      expect.reported ?? {},
    );
    assert.deepEqual(
      byNode(found.nodes, ({ unmanaged }) => unmanaged),
      expect.unmanaged ?? {},
    );
    assert.deepEqual(found.blockers.map(blockerLine), expect.blockers ?? []);
    assert.deepEqual(found.refreshes, expect.refreshes ?? []);
    assert.equal(found.cause, expect.cause);
    assert.equal(found.interrupts, expect.interrupts ?? 'nothing');
    if (expect.impact !== undefined) assert.deepEqual(found.impact, expect.impact);
    if (expect.keepsBase === true) for (const node of found.nodes) assert.equal(node.target, node.base);
  });
}

test('a plan made right after its apply is empty, and leads to the digest it promised', () => {
  for (const given of cases) {
    const policy = given.policy === undefined ? {} : { 'SyncPolicy/default': given.policy };
    const declaration = declarationOf({ ...policy, ...given.desired });
    const before = { nodes: Object.entries(given.nodes).map(([name, node]) => nodeOf(name, node)) };
    const first = plan(declaration, before, policyOf(declaration), contextOf(given));
    const nodes = before.nodes.map((node, index) => {
      const part = first.nodes[index]!;
      if (!node.reachable) return node;
      return { ...node, snapshot: snapshotAfter(part, node.snapshot, revision), digest: part.target, edits: [] };
    });
    const second = plan(declaration, { nodes }, policyOf(declaration), contextOf(given));
    assert.ok(isEmptyPlan(second), given.name);
    assert.deepEqual(
      second.nodes.map(({ target }) => target),
      first.nodes.map(({ target }) => target),
      given.name,
    );
  }
});

test('the same values give the same id, and traffic is not one of them', () => {
  const given = { name: '', desired: { 'CredentialCaching/default': {} }, nodes: { 'core-1': {} } };
  const busy = { 'core-1': { counts: { users: 9, sessions: 9, registrations: 9 } } };
  const first = planOf(given);
  assert.equal(planOf(given).id, first.id);
  assert.equal(planOf({ ...given, nodes: busy }).id, first.id);
  assert.notEqual(identifyPlan({ ...first, target: '' }).id, first.id);
});

test('another observed state, commit, cause or blocker gives another id', () => {
  const desired = { 'AuthorizationRateControl/default': {} };
  const edit = { action: 'put', actor: 'ops-bob', time: '2026-03-02T11:00:00Z' } as const;
  const drifted = { observed: { 'AuthorizationRateControl/default': { ratePeriodSeconds: 60 } } };
  const different: readonly PlanCase[] = [
    { name: 'empty node', desired, nodes: { 'core-1': {} } },
    { name: 'other base', desired, nodes: { 'core-1': drifted } },
    {
      name: 'edited',
      desired,
      nodes: { 'core-1': { ...drifted, edits: [{ key: 'AuthorizationRateControl/default', ...edit }] } },
    },
    { name: 'pending', desired, nodes: { 'core-1': { pending: 'sha256:1' } } },
    {
      name: 'other desire',
      desired: { 'AuthorizationRateControl/default': { ratePeriodSeconds: 1 } },
      nodes: { 'core-1': {} },
    },
  ];
  assert.equal(new Set(different.map((one) => planOf(one).id)).size, different.length);
});

test('two nodes of one role share what is rendered for them', () => {
  const declaration = declarationOf({ 'CredentialCaching/default': {} });
  const observation = { nodes: ['core-1', 'core-2'].map((name) => nodeOf(name, {})) };
  const { nodes } = plan(declaration, observation, policyOf(declaration), contextOf());
  assert.equal(nodes[0]?.target, nodes[1]?.target);
});

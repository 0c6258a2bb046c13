import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { snapshotDigest } from '../../../src/model/digest.js';
import { isRecord } from '../../../src/model/json.js';
import { kindInfo } from '../../../src/model/kinds.js';
import { newSnapshot } from '../../../src/model/snapshot.js';
import type { Resource } from '../../../src/model/snapshot.js';
import { diff } from '../../../src/reconciler/diff.js';
import { applyChanges } from '../../../src/reconciler/target.js';
import { arbitraryResource } from '../../model/arbitrary-resource.js';
import { fieldLine, readTable, snapshotOf } from './fixture.js';
import type { Specs } from './fixture.js';

interface DiffCase {
  readonly name: string;
  readonly observed: Specs;
  readonly desired: Specs;
  /** Changes, each with its fields behind it. */
  readonly changes: readonly string[];
}

function isDiffCase(value: unknown): value is DiffCase {
  return isRecord(value) && Array.isArray(value['changes']);
}

for (const { name, observed, desired, changes } of readTable('diff.yaml', isDiffCase)) {
  test(name, () => {
    const found = diff(snapshotOf(desired), snapshotOf(observed));
    const lines = found.flatMap((change) => [
      `${change.action} ${change.key}`,
      ...(change.action === 'update' ? change.fields.map(fieldLine) : []),
    ]);
    assert.deepEqual(lines, changes);
  });
}

const someResources = fc.array(arbitraryResource(), { maxLength: 8 });

/** Two sides that have some resources in common, and different versions of others. */
const twoSides = fc
  .record({ both: someResources, left: someResources, right: someResources })
  .map(({ both, left, right }) => ({ desired: [...both, ...left], observed: [...both, ...right] }));

function copyOf(resources: readonly Resource[]): readonly Resource[] {
  return structuredClone(resources);
}

test('a snapshot does not differ from itself, nor from a copy', () => {
  fc.assert(
    fc.property(someResources, (resources) => {
      const snapshot = newSnapshot('', resources);
      assert.deepEqual(diff(snapshot, snapshot), []);
      assert.deepEqual(diff(newSnapshot('x', copyOf(resources)), snapshot), []);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('applying the changes to what is observed gives what is desired', () => {
  fc.assert(
    fc.property(twoSides, (sides) => {
      const [desired, observed] = [newSnapshot('', sides.desired), newSnapshot('', sides.observed)];
      const reached = applyChanges(observed, diff(desired, observed), '');
      assert.equal(snapshotDigest(reached), snapshotDigest(desired));
      assert.deepEqual(diff(desired, reached), []);
    }),
    { seed: 2, numRuns: 60 },
  );
});

test('the changes do not depend on the order of resources, and an update always names a field', () => {
  fc.assert(
    fc.property(twoSides, (sides) => {
      const expected = diff(newSnapshot('', sides.desired), newSnapshot('', sides.observed));
      // Of two resources with one key the later wins, so that only distinct ones may be turned round.
      const distinct = (resources: readonly Resource[]) => [...newSnapshot('', resources).resources.values()];
      const turned = (resources: readonly Resource[]) => newSnapshot('', copyOf(distinct(resources)).toReversed());
      assert.deepEqual(diff(turned(sides.desired), turned(sides.observed)), expected);
      for (const change of expected) assert.ok(change.action !== 'update' || change.fields.length > 0);
    }),
    { seed: 3, numRuns: 60 },
  );
});

test('creates and updates ascend in waves, and the deletes behind them descend', () => {
  fc.assert(
    fc.property(twoSides, (sides) => {
      const changes = diff(newSnapshot('', sides.desired), newSnapshot('', sides.observed));
      const heights = changes.map((change) =>
        change.action === 'delete' ? 1000 - kindInfo(change.before.kind).wave : kindInfo(change.after.kind).wave,
      );
      assert.deepEqual(
        heights,
        heights.toSorted((a, b) => a - b),
      );
    }),
    { seed: 4, numRuns: 60 },
  );
});

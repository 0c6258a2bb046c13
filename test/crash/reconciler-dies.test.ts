import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CrashPoint } from './crash-order.js';
import { killed, type Lane, Lanes } from './lane.js';

const laneCount = 3;
const lanes = Lanes.ofFile(laneCount);

async function dieAndComeBack(lane: Lane, point: CrashPoint): Promise<void> {
  await lane.flip();
  const { end, points } = await lane.orderedApply(point);
  assert.deepEqual(end, killed, 'it died at the point and nowhere else');
  assert.equal(points.at(-1)?.number, point.number);
  await lane.applyHead();
  lane.requireGoodAnswers();
}

test('a reconciler that is killed at any point of an apply recovers from its journal', {
  concurrency: laneCount,
}, async (t) => {
  const points = await lanes.use((lane) => lane.pointsOfApply());
  for (const kind of ['state:', 'journal:write', 'journal:sync', 'driver:activate:edge-1', 'driver:confirm:core-1']) {
    assert.ok(
      points.some(({ name }) => name.startsWith(kind)),
      `no point of ${kind}`,
    );
  }
  await Promise.all(
    points.map((point) =>
      t.test(`killed at ${point.number}, ${point.name}`, () => lanes.use((lane) => dieAndComeBack(lane, point))),
    ),
  );
});

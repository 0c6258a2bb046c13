import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CrashPoint } from './crash-order.js';
import { killed, type Lane, Lanes } from './lane.js';

const laneCount = 5;
const lanes = Lanes.ofFile(laneCount);

/** Kills an apply at a point for good, and requires that the nodes agree by themselves on what any of them has confirmed. */
async function abandon(lane: Lane, point: CrashPoint): Promise<void> {
  const [old] = await lane.oneState();
  const commit = await lane.flip();
  const { end } = await lane.orderedApply(point);
  assert.deepEqual(end, killed);
  const left = (await lane.rig.cluster.all()) ?? [];
  assert.equal(left.length, 3, 'all nodes answer');
  const isConfirmed = left.some(({ isPending, revision }) => !isPending && revision === commit);
  const [view] = await lane.oneState();
  assert.equal(view?.revision, isConfirmed ? commit : old?.revision);
  lane.requireGoodAnswers();
  await lane.applyHead();
}

/** The points of an apply between the first activation and the last confirm. */
async function pointsWithPendingNodes(lane: Lane): Promise<readonly CrashPoint[]> {
  const points = await lane.pointsOfApply();
  const from = points.findIndex(({ name }) => name.startsWith('driver:activate'));
  const to = points.findLastIndex(({ name }) => name.startsWith('driver:confirm'));
  assert.ok(from >= 0 && to > from, 'the apply activates and confirms');
  return points.slice(from + 1, to);
}

test('nodes that a killed reconciler left alone end in one state by themselves', {
  concurrency: laneCount,
}, async (t) => {
  const points = await lanes.use(pointsWithPendingNodes);
  assert.ok(
    points.filter(({ name }) => name.startsWith('driver:confirm')).length >= 4,
    'some lie between two confirms',
  );
  await Promise.all(
    points.map((point) =>
      t.test(`killed for good at ${point.number}, ${point.name}`, () => lanes.use((lane) => abandon(lane, point))),
    ),
  );
});

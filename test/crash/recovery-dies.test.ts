import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CrashPoint } from './crash-order.js';
import { killed, type Lane, Lanes } from './lane.js';

const laneCount = 3;
const lanes = Lanes.ofFile(laneCount);

/** Kills an apply of a new commit at a point. */
async function leaveOpen(lane: Lane, at: CrashPoint): Promise<void> {
  await lane.flip();
  assert.deepEqual((await lane.orderedApply(at)).end, killed);
}

async function pointNamed(lane: Lane, name: string): Promise<CrashPoint> {
  const point = (await lane.pointsOfApply()).find((one) => one.name === name);
  assert.ok(point, `an apply has no point ${name}`);
  return point;
}

/** The points at which a recovery finishes what was left open, up to where it begins anew. */
async function pointsOfRecovery(lane: Lane, first: CrashPoint): Promise<readonly CrashPoint[]> {
  await leaveOpen(lane, first);
  const { end, points } = await lane.orderedApply();
  assert.equal(end.code, 0);
  return points.slice(0, points.findIndex((point) => point.name.startsWith('state:')) + 1);
}

async function dieTwice(lane: Lane, first: CrashPoint, second: CrashPoint): Promise<void> {
  await leaveOpen(lane, first);
  const { end, points } = await lane.orderedApply(second);
  assert.deepEqual(end, killed);
  assert.equal(points.at(-1)?.number, second.number);
  await lane.applyHead();
  lane.requireGoodAnswers();
}

for (const { name, way } of [
  { name: 'driver:activate:core-1:after', way: 'back' },
  { name: 'driver:confirm:core-1:before', way: 'forward' },
]) {
  test(`a reconciler that is killed again while it recovers by going ${way}`, { concurrency: laneCount }, async (t) => {
    const first = await lanes.use((lane) => pointNamed(lane, name));
    const points = await lanes.use((lane) => pointsOfRecovery(lane, first));
    assert.ok(points.some((point) => point.name.startsWith(way === 'back' ? 'driver:revert' : 'driver:confirm')));
    await Promise.all(
      points.map((point) =>
        t.test(`killed at ${point.number}, ${point.name}`, () => lanes.use((lane) => dieTwice(lane, first, point))),
      ),
    );
  });
}

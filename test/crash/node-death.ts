import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CrashPoint } from './crash-order.js';
import { killed, type Lane, Lanes } from './lane.js';

const laneCount = 4;

/** The points that a node passes while one apply goes on undisturbed. */
async function pointsOf(lane: Lane, name: string): Promise<readonly CrashPoint[]> {
  const order = lane.orderOf(name);
  await lane.flip();
  order.give();
  await lane.applyHead();
  const points = order.takeBack();
  // It obeys the old order as long as it runs.
  await lane.rig.estate.node(name).restart(order.environment);
  await lane.oneState();
  return points;
}

async function dieAndComeBack(lane: Lane, name: string, point: CrashPoint): Promise<void> {
  const node = lane.rig.estate.node(name);
  const order = lane.orderOf(name);
  const [old] = await lane.oneState();
  const commit = await lane.flip();
  order.give(point);
  const { ended } = node.launch();
  const applied = lane.rig.run('apply');
  assert.deepEqual(await ended, killed, 'it died at the point and nowhere else');
  assert.equal(order.takeBack().at(-1)?.number, point.number);
  await node.start(order.environment);
  const { code, stderr } = await applied;
  const [view] = await lane.oneState();
  assert.ok(view?.revision === old?.revision || view?.revision === commit, 'the old or the new state');
  if (code === 0) assert.equal(view?.revision, commit, stderr);
  else await lane.applyHead();
  lane.requireGoodAnswers(['unavailable', 'error']);
}

/** Kills a node at every point of an apply, and requires one known state and no wrong answer each time. */
export function testDeathOf(name: string): void {
  const lanes = Lanes.ofFile(laneCount);
  test(`${name} is killed at any point of an apply`, { concurrency: laneCount }, async (t) => {
    const points = await lanes.use((lane) => pointsOf(lane, name));
    for (const kind of ['rename pending', 'swap', 'answer activate', 'rename confirmed', 'answer confirm']) {
      assert.ok(
        points.some((point) => point.name.startsWith(kind)),
        `no point of ${kind}`,
      );
    }
    await Promise.all(
      points.map((point) =>
        t.test(`killed at ${point.number}, ${point.name}`, () =>
          lanes.use((lane) => dieAndComeBack(lane, name, point)),
        ),
      ),
    );
  });
}

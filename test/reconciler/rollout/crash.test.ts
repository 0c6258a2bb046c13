import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CrashHook } from '../../../src/reconciler/crash-hook.js';
import { newLabTls, type LabTls } from '../lab-nodes.js';
import type { Planned } from '../plans.js';
import { RolloutRig, until, version } from './rollout-rig.js';

let tls: LabTls;
before(async () => {
  tls = await newLabTls();
});
after(() => tls.remove());

/** Ends a program at a numbered point: nothing that it writes or sends comes after. */
class Killer {
  readonly met: string[] = [];
  #isDead = false;

  constructor(readonly wanted: number) {}

  readonly hook: CrashHook = (point) => {
    if (this.#isDead) throw new Error('this program is dead');
    this.met.push(point);
    if (this.met.length < this.wanted) return;
    this.#isDead = true;
    throw new Error('killed');
  };

  get isDead(): boolean {
    return this.#isDead;
  }
}

interface Killed {
  readonly rig: RolloutRig;
  readonly planned: Planned;
  readonly point: string;
  /** What every node served before, and what the plan leads to. */
  readonly either: readonly [string, string];
}

/** Kills a rollout at each of its points in turn, on nodes that go on living; gives the points that were met. */
async function killEverywhere(afterwards: (killed: Killed) => Promise<void>): Promise<ReadonlySet<string>> {
  const rig = new RolloutRig(tls);
  const points = new Set<string>();
  try {
    await rig.start();
    await rig.apply('0', version('v0'));
    rig.hurried.abort();
    for (let number = 1; ; number += 1) {
      const before = rig.serving()[0]!;
      const planned = await rig.plan('1', version(`v${number}`));
      const killer = new Killer(number);
      await rig.rollOut(planned, killer.hook).catch(() => undefined);
      for (const point of killer.met) points.add(point);
      if (!killer.isDead) return points;
      await afterwards({ rig, planned, point: killer.met.at(-1)!, either: [before, `v${number}.example`] });
    }
  } finally {
    await rig.close();
  }
}

function assertOneState({ rig, point, either }: Killed): void {
  const states = new Set(rig.serving());
  assert.equal(states.size, 1, `after a kill at ${point} nodes serve ${[...states].join(' and ')}`);
  assert.ok(either.includes(rig.serving()[0]!), `after a kill at ${point} nodes serve ${rig.serving()[0]}`);
  assert.deepEqual(rig.pending(), [], `after a kill at ${point}`);
}

const everyPoint = [
  'journal:write',
  'journal:sync',
  ...['core-2', 'core-1', 'edge-1'].flatMap((node) => [
    `driver:activate:${node}:before`,
    `driver:activate:${node}:after`,
    `driver:confirm:${node}:before`,
    `driver:confirm:${node}:after`,
  ]),
];

test('a reconciler that is killed anywhere finishes, or takes back, what it began when it comes back', async () => {
  const met = await killEverywhere(async (killed) => {
    await killed.rig.recover(killed.planned);
    assertOneState(killed);
    assert.equal(await killed.rig.recover(killed.planned), undefined, 'there is nothing left to finish');
  });
  for (const point of everyPoint) assert.ok(met.has(point), `${point} was never met`);
});

test('a reconciler that is killed anywhere and never comes back leaves nodes that settle it among themselves', async () => {
  const met = await killEverywhere(async (killed) => {
    killed.rig.clock.advance(120_000);
    await until(() => killed.rig.pending().length === 0);
    assertOneState(killed);
    await killed.rig.recover(killed.planned);
    assertOneState(killed);
  });
  for (const point of everyPoint) assert.ok(met.has(point), `${point} was never met`);
});

test('what was decided is finished even when the reconciler dies again and again', async () => {
  const rig = new RolloutRig(tls);
  try {
    await rig.start();
    await rig.apply('0', version('old'));
    rig.hurried.abort();
    const planned = await rig.plan('1', version('new'));
    const confirms = ['driver:confirm:core-2:after', 'driver:confirm:core-1:before'];
    let isDead = false;
    const dying = rig.rollOut(planned, (point) => {
      isDead ||= confirms.includes(point);
      if (isDead) throw new Error('killed');
    });
    await assert.rejects(dying, { code: 'state.storage' });
    assert.equal((await rig.recover(planned))?.state, 'applied');
    assert.deepEqual(rig.serving(), ['new.example', 'new.example', 'new.example']);
  } finally {
    await rig.close();
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Laggard, StandingWord } from '../../src/runtime/link-port.js';
import { mostLaggards } from '../../src/runtime/link-port.js';
import { StateDirectory } from '../../src/runtime/state/state-directory.js';
import { FakeClock } from '../fake-clock.js';
import { activate, apply, rateControl, startStore } from './config/store-rig.js';
import { DrainSwitch } from './maintenance/drain-switch.js';
import { catchUpSeconds, newStanding } from './new-standing.js';

function missed(node: string, order: number): Laggard {
  return { node, order, planId: `plan-${order}` };
}

function word(...laggards: readonly Laggard[]): StandingWord {
  return { settledOrder: 0, laggards };
}

test('a node of which nobody says that it is behind serves at once', async () => {
  const standing = newStanding('core-1');
  await standing.start();
  standing.hear('edge-1', word(missed('core-2', 5)));
  assert.deepEqual(
    [standing.isHeld, standing.missed, standing.obstacle, standing.finding],
    [false, undefined, undefined, undefined],
  );
  await standing.stop();
});

test('a node that hears that it is behind is held until a run of that order or a later one is confirmed on it', async () => {
  const clock = new FakeClock();
  const standing = newStanding('core-1', { clock });
  await standing.start();
  standing.hear('edge-1', word(missed('core-1', 5)));
  assert.equal(standing.obstacle, 'behind: the cluster confirmed plan plan-5 (order 5) without this node');
  standing.confirmed({ planId: 'older', startedAtMs: 1, order: 4 });
  assert.equal(standing.isHeld, true);
  standing.confirmed({ planId: 'plan-5', startedAtMs: 1, order: 5 });
  assert.deepEqual([standing.isHeld, standing.missed, clock.pendingTimers], [false, undefined, 0]);
});

test('what was known before a restart holds the node before any link is up', async () => {
  const standing = newStanding('core-1', { laggards: [missed('core-1', 5)] });
  assert.equal(standing.isHeld, true);
  await standing.start();
  await standing.stop();
});

test('a node that nobody brings forward serves after its patience, says so, and is not held again by further runs', async () => {
  const clock = new FakeClock();
  const standing = newStanding('core-1', { clock });
  await standing.start();
  standing.hear('edge-1', word(missed('core-1', 5)));
  clock.advance(catchUpSeconds * 1000 - 1);
  assert.equal(standing.isHeld, true);
  clock.advance(1);
  assert.equal(standing.isHeld, false);
  assert.match(standing.finding ?? '', /serves an older configuration: .*plan-5 .* not brought forward in 60 s/);
  standing.hear('edge-1', word(missed('core-1', 6)));
  assert.deepEqual([standing.isHeld, standing.missed?.order], [false, 6]);
  standing.confirmed({ planId: 'plan-7', startedAtMs: 1, order: 7 });
  assert.equal(standing.finding, undefined);
  standing.hear('edge-1', word(missed('core-1', 8)));
  assert.equal(standing.isHeld, true, 'a new time behind is a new patience');
  await standing.stop();
});

test('a peer is held back until it says that it has caught up, or that it waits no longer', () => {
  const edge = newStanding('edge-1');
  const core = newStanding('core-2', { clock: new FakeClock() });
  edge.confirmed({ planId: 'plan-5', startedAtMs: 1, order: 5, leftBehind: ['core-2'] });
  edge.hear('core-2', core.word());
  assert.equal(edge.isHeldBack('core-2'), true);
  core.hear('edge-1', edge.word());
  core.confirmed({ planId: 'plan-6', startedAtMs: 1, order: 6 });
  edge.hear('core-2', core.word());
  assert.equal(edge.isHeldBack('core-2'), false);
});

test('what one peer tells is told to the others, bounded, the newest kept', () => {
  const edge = newStanding('edge-1');
  let changes = 0;
  edge.onChange(() => {
    changes += 1;
  });
  const many = Array.from({ length: mostLaggards + 1 }, (_, index) => missed(`core-${index}`, index + 1));
  edge.hear('core-a', word(...many));
  edge.hear('core-a', word(...many.slice(1)));
  assert.equal(changes, 1, 'what is known already is no change');
  const told = edge.word().laggards.map(({ node }) => node);
  assert.equal(told.length, mostLaggards);
  assert.equal(told.includes('core-0'), false);
});

test('a confirmed run keeps its order and whom it left behind in one file with the snapshot', async (t) => {
  const rig = await startStore(t);
  await activate(rig, 'plan-1', [rateControl(5)], { order: 7 });
  await rig.store.confirm('plan-1', ['core-2']);
  const [run] = rig.confirmed;
  assert.deepEqual([run?.order, run?.leftBehind], [7, ['core-2']]);
  await rig.store.confirm('plan-1', ['core-2']);
  assert.deepEqual(rig.confirmed[1]?.leftBehind, ['core-2'], 'asked again, it tells again');
  await rig.store.stop();
  const found = await new StateDirectory(rig.stateDir, '0').open();
  assert.deepEqual([found.confirmed?.run?.order, found.confirmed?.run?.leftBehind], [7, ['core-2']]);
});

test('the same plan in a later run is no repetition of the earlier one', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)], { order: 7 });
  assert.equal((await activate(rig, 'plan-1', [rateControl(5)], { order: 7 })).state, 'confirmed');
  assert.equal((await activate(rig, 'plan-1', [rateControl(5)], { order: 8 })).state, 'pending');
});

test('a node says of itself alone that it is in maintenance mode, and when that ends', () => {
  const drain = new DrainSwitch();
  const core = newStanding('core-1', { drain });
  const edge = newStanding('edge-1');
  core.onChange(() => edge.hear('core-1', core.word()));
  edge.hear('core-1', core.word());
  assert.equal(edge.isDraining('core-1'), false);
  drain.set(true);
  assert.equal(edge.isDraining('core-1'), true);
  assert.equal(edge.isDraining('core-2'), false);
  assert.equal(edge.word().isDraining, undefined, 'who hears it does not say it');
  drain.set(false);
  assert.equal(edge.isDraining('core-1'), false);
});

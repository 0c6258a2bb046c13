import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '../../fake-clock.js';
import {
  activate,
  apply,
  LimitParticipant,
  rateControl,
  type Rig,
  type RigOptions,
  startStore,
  until,
} from './store-rig.js';

/** Stops a store and starts another one from what it left, with the wall clock where the test puts it. */
async function restart(t: TestContext, rig: Rig, wallMs = rig.clock.nowMs(), options: RigOptions = {}): Promise<Rig> {
  await rig.store.stop();
  return await startStore(t, { stateDir: rig.stateDir, clock: new FakeClock(wallMs), ...options });
}

test('a node starts from its last confirmed snapshot', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await apply(rig, 'plan-2', [rateControl(6)]);
  const again = await restart(t, rig);
  assert.equal(again.participant.limit, 6);
  assert.deepEqual(again.store.view(), rig.store.view());
});

test('what became of the last hundred plans can be asked for after a restart', async (t) => {
  const rig = await startStore(t);
  for (let count = 1; count <= 101; count += 1) {
    await activate(rig, `plan-${count}`, [rateControl(5)]);
    await rig.store.revert(`plan-${count}`, 'probes failed');
  }
  const again = await restart(t, rig);
  assert.throws(() => again.store.receipt('plan-1'), /knows nothing of plan plan-1/);
  assert.equal(again.store.receipt('plan-2').state, 'reverted');
  assert.equal(again.store.receipt('plan-101').reason, 'probes failed');
});

test('a pending plan is taken up again with the time that is left, and can be confirmed', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await activate(rig, 'plan-2', [rateControl(6)], { confirmWithinSeconds: 60 });
  const again = await restart(t, rig, rig.clock.nowMs() + 20_000);
  assert.equal(again.participant.limit, 6);
  assert.equal(again.store.receipt('plan-2').confirmWithinMs, 40_000);
  assert.equal((await again.store.confirm('plan-2')).state, 'confirmed');
  assert.equal((await restart(t, again)).participant.limit, 6);
});

test('a pending plan that is taken up again reverts when its time is over', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await activate(rig, 'plan-2', [rateControl(6)], { confirmWithinSeconds: 60 });
  const again = await restart(t, rig, rig.clock.nowMs() + 20_000);
  again.clock.advance(40_000);
  await until(() => again.store.view().pending === undefined);
  assert.equal(again.participant.limit, 5);
  assert.equal(again.store.receipt('plan-2').state, 'reverted');
});

for (const [name, offsetMs] of [
  ['is over', 61_000],
  ['is nearly over', 57_000],
  ['cannot be told, because the wall clock was set back behind its start', -1_000],
] as const) {
  test(`a plan whose time ${name} does not serve after a restart, and waits for what the peers say`, async (t) => {
    for (const isConfirmedByPeer of [false, true]) {
      const rig = await startStore(t);
      await apply(rig, 'plan-1', [rateControl(5)]);
      await activate(rig, 'plan-2', [rateControl(6)], { confirmWithinSeconds: 60 });
      let asked = 0;
      const peers = {
        anyConfirmed: () => {
          asked += 1;
          return Promise.resolve(isConfirmedByPeer);
        },
      };
      const again = await restart(t, rig, rig.clock.nowMs() + offsetMs, { peers });
      assert.equal(again.participant.limit, 5);
      again.clock.advance(4_999);
      assert.equal(asked, 0, 'the links get time to come up');
      again.clock.advance(1);
      await until(() => again.store.view().pending === undefined);
      assert.equal(again.participant.limit, isConfirmedByPeer ? 6 : 5);
      assert.equal(again.store.receipt('plan-2').state, isConfirmedByPeer ? 'confirmed' : 'reverted');
    }
  });
}

test('a plan that waits after a restart without serving can still be confirmed by the reconciler', async (t) => {
  const rig = await startStore(t);
  await activate(rig, 'plan-1', [rateControl(5)], { confirmWithinSeconds: 60 });
  const again = await restart(t, rig, rig.clock.nowMs() + 61_000);
  assert.equal(again.participant.limit, undefined);
  assert.equal((await again.store.confirm('plan-1')).state, 'confirmed');
  assert.equal(again.participant.limit, 5);
});

test('setting the wall clock does not lengthen the time of a running plan', async (t) => {
  const rig = await startStore(t);
  await activate(rig, 'plan-1', [rateControl(5)], { confirmWithinSeconds: 60 });
  rig.clock.setWall(rig.clock.nowMs() - 3_600_000);
  rig.clock.advance(60_000);
  await until(() => rig.store.view().pending === undefined);
  assert.equal(rig.store.receipt('plan-1').state, 'reverted');
});

test('a confirmed snapshot that cannot be prepared at start is tried again, and the empty digest says so meanwhile', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  const participant = new LimitParticipant();
  participant.beforePrepare = ({ resources }) =>
    resources.size > 0 ? Promise.reject(new Error('no licence')) : Promise.resolve();
  const again = await restart(t, rig, rig.clock.nowMs(), { participants: [participant] });
  const { snapshot, notServingReason } = again.store.view();
  assert.equal(snapshot.resources.size, 0);
  assert.match(notServingReason ?? '', /could not be prepared: limit: .*no licence/);
  await assert.rejects(
    again.store.edit({ action: 'put', resource: rateControl(7), actor: 'ada' }),
    /nothing can be edited/,
  );

  participant.beforePrepare = () => Promise.resolve();
  again.clock.advance(60_000);
  await until(() => again.store.view().notServingReason === undefined);
  assert.equal(participant.limit, 5);
  assert.deepEqual(again.causes, [{ type: 'confirmed', planId: 'plan-1' }]);
});

test('a plan can replace a confirmed snapshot that cannot be prepared', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  const participant = new LimitParticipant();
  participant.beforePrepare = ({ revision }) =>
    revision === 'plan-1' ? Promise.reject(new Error('no licence')) : Promise.resolve();
  const again = await restart(t, rig, rig.clock.nowMs(), { participants: [participant] });
  await apply(again, 'plan-2', [rateControl(6)]);
  assert.equal(again.store.view().notServingReason, undefined);
  assert.equal((await restart(t, again)).participant.limit, 6);
});

/** Every way a file is damaged that the tests know. */
const damages: Readonly<Record<string, (content: string) => string>> = {
  'is empty': () => '',
  'is cut off': (content) => content.slice(0, content.length - 20),
  'ends in zeros': (content) => content.slice(0, 100).padEnd(content.length, '\0'),
  'has another number': (content) => content.replace('PerPeriod":6', 'PerPeriod":9'),
  'is another JSON value': () => '[1]',
};

for (const [name, damage] of Object.entries(damages)) {
  test(`when the confirmed file ${name}, the one before it serves, and the node says so`, async (t) => {
    const rig = await startStore(t);
    await apply(rig, 'plan-1', [rateControl(5)]);
    await apply(rig, 'plan-2', [rateControl(6)]);
    const path = join(rig.stateDir, 'confirmed.json');
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    const again = await restart(t, rig);
    const { warnings, confirmedPlanId, notServingReason } = again.store.view();
    assert.deepEqual([again.participant.limit, confirmedPlanId, notServingReason], [5, 'plan-1', undefined]);
    assert.match(warnings.join('\n'), /confirmed\.json is (damaged|not understood)/);
    assert.match(warnings.join('\n'), /the confirmed snapshot before the last one/);
    await apply(again, 'plan-3', [rateControl(7)]);
    assert.deepEqual((await restart(t, again)).store.view().warnings, []);
  });
}

test('when every confirmed file is damaged, the node serves nothing and says why', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await apply(rig, 'plan-2', [rateControl(6)]);
  for (const file of ['confirmed.json', 'confirmed.previous.json']) writeFileSync(join(rig.stateDir, file), '{');
  const again = await restart(t, rig);
  assert.equal(again.store.view().snapshot.resources.size, 0);
  assert.match(again.store.view().notServingReason ?? '', /no confirmed snapshot could be read: .*confirmed\.json/);
  await apply(again, 'plan-3', [rateControl(7)]);
  assert.equal(again.store.view().notServingReason, undefined);
});

test('a damaged pending file and damaged receipts cost only what they held', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await activate(rig, 'plan-2', [rateControl(6)]);
  for (const file of ['pending.json', 'receipts.json']) writeFileSync(join(rig.stateDir, file), 'x');
  const again = await restart(t, rig);
  assert.equal(again.participant.limit, 5);
  assert.equal(again.store.view().pending, undefined);
  assert.equal(again.store.receipt('plan-1').state, 'confirmed');
  assert.equal(again.store.view().warnings.length, 2);
});

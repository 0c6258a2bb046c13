import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { apply, rateControl, startStore } from './store-rig.js';

function refusedWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FairleadError && error.code === code;
}

function put(limit: number, actor = 'ada') {
  return { action: 'put', resource: rateControl(limit), actor } as const;
}

const remove = { action: 'delete', key: 'AuthorizationRateControl/default', actor: 'bob' } as const;

test('an edit serves at once and is remembered with who and when until the next plan is confirmed', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  const digest = await rig.store.edit(put(50));
  assert.equal(rig.participant.limit, 50);
  assert.equal(rig.store.view().digest, digest);
  await rig.store.edit(remove);
  assert.equal(rig.participant.limit, undefined);
  const time = new Date(rig.clock.nowMs()).toISOString();
  const key = 'AuthorizationRateControl/default';
  assert.deepEqual(rig.store.view().edits, [
    { key, action: 'put', actor: 'ada', time },
    { key, action: 'delete', actor: 'bob', time },
  ]);
  assert.equal(rig.store.view().confirmedPlanId, 'plan-1');
  await apply(rig, 'plan-2', [rateControl(5)]);
  assert.deepEqual(rig.store.view().edits, []);
});

test('an edit survives a restart', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await rig.store.edit(put(50));
  await rig.store.stop();
  const again = await startStore(t, { stateDir: rig.stateDir });
  assert.equal(again.participant.limit, 50);
  assert.deepEqual(again.store.view(), rig.store.view());
});

test('an edit that changes nothing is not remembered', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await rig.store.edit(put(5));
  assert.deepEqual(rig.store.view().edits, []);
});

test('only the last hundred edits are remembered', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  for (let count = 1; count <= 102; count += 1) await rig.store.edit(put(10 + (count % 2), `actor-${count}`));
  const { edits } = rig.store.view();
  assert.deepEqual([edits.length, edits[0]?.actor, edits.at(-1)?.actor], [100, 'actor-3', 'actor-102']);
});

test('an edit made from another state, or of something that is not there, is refused', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await assert.rejects(rig.store.edit({ ...put(6), ifMatch: 'sha256:00' }), refusedWith('plan.stale'));
  const absent = { ...remove, key: 'Domain/nowhere.example' } as const;
  await assert.rejects(rig.store.edit(absent), refusedWith('node.not-found'));
  assert.equal(rig.participant.limit, 5);
});

test('the plan that was confirmed last can be activated again after an edit', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await rig.store.edit(put(50));
  await apply(rig, 'plan-1', [rateControl(5)]);
  assert.equal(rig.participant.limit, 5);
  assert.deepEqual(rig.store.view().edits, []);
});

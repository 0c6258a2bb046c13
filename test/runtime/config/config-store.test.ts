import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { TimeLimitReached } from '../../../src/platform/time-limit.js';
import { activate, apply, LimitParticipant, rateControl, startStore, until } from './store-rig.js';

function refusedWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FairleadError && error.code === code;
}

test('a node that never saw a plan serves the empty snapshot and says so', async (t) => {
  const { store } = await startStore(t);
  const { snapshot, notServingReason } = store.view();
  assert.equal(snapshot.resources.size, 0);
  assert.match(notServingReason ?? '', /no plan was ever confirmed/);
});

test('an activated plan serves at once, and is final when it is confirmed', async (t) => {
  const rig = await startStore(t);
  const receipt = await activate(rig, 'plan-1', [rateControl(5)]);
  assert.equal(rig.participant.limit, 5);
  assert.deepEqual([receipt.state, receipt.node, receipt.confirmWithinMs], ['pending', 'core-1', 30_000]);
  assert.equal(receipt.digest, rig.store.view().digest);

  const confirmed = await rig.store.confirm('plan-1');
  assert.equal(confirmed.state, 'confirmed');
  rig.clock.advance(3_600_000);
  assert.equal(rig.participant.limit, 5);
  const { pending, confirmedPlanId, notServingReason } = rig.store.view();
  assert.deepEqual([pending, confirmedPlanId, notServingReason], [undefined, 'plan-1', undefined]);
  assert.deepEqual(rig.causes, [
    { type: 'activated', planId: 'plan-1' },
    { type: 'confirmed', planId: 'plan-1' },
  ]);
});

test('what the schema defaults is filled in, so that the digest is that of the normal form', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(3)]);
  const explicit = await startStore(t);
  const spec = { ratePeriodSeconds: 300, maximumAuthorizationsPerPeriod: 3 };
  await apply(explicit, 'plan-1', [{ ...rateControl(3), spec }]);
  assert.equal(explicit.store.view().digest, rig.store.view().digest);
});

test('confirming and reverting are idempotent, and neither undoes the other', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  assert.equal((await rig.store.confirm('plan-1')).state, 'confirmed');
  assert.equal((await rig.store.revert('plan-1', 'too late')).state, 'confirmed');
  await activate(rig, 'plan-2', [rateControl(6)]);
  assert.equal((await rig.store.revert('plan-2', 'asked')).state, 'reverted');
  const again = await rig.store.confirm('plan-2');
  assert.deepEqual([again.state, again.reason], ['reverted', 'asked']);
  assert.equal(rig.participant.limit, 5);
});

test('a plan that nobody confirms is put back by the node itself, after its peers were asked', async (t) => {
  const asked: string[] = [];
  const peers = {
    anyConfirmed: ({ planId }: { readonly planId: string }) => {
      asked.push(planId);
      return Promise.resolve(false);
    },
  };
  const rig = await startStore(t, { peers });
  await apply(rig, 'plan-1', [rateControl(5)]);
  await activate(rig, 'plan-2', [rateControl(6)], { confirmWithinSeconds: 10 });
  rig.clock.advance(9_999);
  assert.deepEqual([rig.participant.limit, asked], [6, []]);
  rig.clock.advance(1);
  await until(() => rig.store.view().pending === undefined);
  assert.deepEqual([rig.participant.limit, asked], [5, ['plan-2']]);
  const { state, reason } = rig.store.receipt('plan-2');
  assert.equal(state, 'reverted');
  assert.match(reason ?? '', /nobody confirmed it within 10 s/);
});

test('a plan that a peer has confirmed is confirmed when its time is over', async (t) => {
  const rig = await startStore(t, { peers: { anyConfirmed: ({ planId }) => Promise.resolve(planId === 'plan-2') } });
  await apply(rig, 'plan-1', [rateControl(5)]);
  await activate(rig, 'plan-2', [rateControl(6)], { confirmWithinSeconds: 10 });
  rig.clock.advance(10_000);
  await until(() => rig.store.view().pending === undefined);
  assert.equal(rig.store.receipt('plan-2').state, 'confirmed');
  assert.equal(rig.participant.limit, 6);
});

test('a confirm that comes while peers are asked wins', async (t) => {
  let answer: (isConfirmed: boolean) => void = () => undefined;
  const peers = { anyConfirmed: () => new Promise<boolean>((resolve) => (answer = resolve)) };
  const rig = await startStore(t, { peers });
  await activate(rig, 'plan-1', [rateControl(5)], { confirmWithinSeconds: 1 });
  rig.clock.advance(1_000);
  assert.equal((await rig.store.confirm('plan-1')).state, 'confirmed');
  answer(false);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rig.store.receipt('plan-1').state, 'confirmed');
});

test('a revert prepares nothing, so it works when a UC server is down', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await activate(rig, 'plan-2', [rateControl(6)]);
  rig.participant.beforePrepare = () => Promise.reject(new Error('the UC server is down'));
  const prepared = rig.participant.prepared.length;
  await rig.store.revert('plan-2', 'probes failed');
  assert.equal(rig.participant.limit, 5);
  assert.equal(rig.participant.prepared.length, prepared);
  assert.deepEqual(rig.participant.released.slice(-1), ['plan-2']);
});

test('the confirmed snapshot stays prepared while a plan is pending, and is freed when that is confirmed', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await activate(rig, 'plan-2', [rateControl(6)]);
  assert.equal(rig.participant.released.includes('plan-1'), false);
  await rig.store.confirm('plan-2');
  assert.equal(rig.participant.released.includes('plan-1'), true);
});

test('a plan made from another state is refused', async (t) => {
  const rig = await startStore(t);
  const stale = rig.store.view().digest;
  await apply(rig, 'plan-1', [rateControl(5)]);
  const snapshot = { revision: 'plan-2', resources: [rateControl(6)] };
  const late = { planId: 'plan-2', ifMatch: stale, snapshot, secrets: {}, confirmWithinSeconds: 30 };
  await assert.rejects(rig.store.activate(late), refusedWith('plan.stale'));
  assert.equal(rig.participant.limit, 5);
});

test('while a plan is pending another plan and an edit are refused, and the same plan gets the same receipt', async (t) => {
  const rig = await startStore(t);
  const first = await activate(rig, 'plan-1', [rateControl(5)]);
  await assert.rejects(activate(rig, 'plan-2', [rateControl(6)]), refusedWith('node.pending'));
  const edit = { action: 'put', resource: rateControl(7), actor: 'operator' } as const;
  await assert.rejects(rig.store.edit(edit), refusedWith('node.pending'));
  assert.deepEqual(await activate(rig, 'plan-1', [rateControl(5)]), first);
  assert.equal(rig.participant.prepared.length, 2);
});

test('a plan that was confirmed last is not run again, one that reverted is', async (t) => {
  const rig = await startStore(t);
  await activate(rig, 'plan-1', [rateControl(5)]);
  await rig.store.revert('plan-1', 'probes failed');
  assert.equal((await activate(rig, 'plan-1', [rateControl(5)])).state, 'pending');
  assert.equal((await rig.store.confirm('plan-1')).state, 'confirmed');
  assert.equal((await activate(rig, 'plan-1', [rateControl(5)])).state, 'confirmed');
  assert.equal(rig.store.view().pending, undefined);
});

test('unknown kinds, unknown fields, values out of range and kinds without a participant are refused', async (t) => {
  const rig = await startStore(t);
  const unknownField = { ...rateControl(5), speck: {} };
  const unknownKind = { apiVersion: 'fairlead.dev/v1', kind: 'Nonsense', metadata: { name: 'x' }, spec: {} };
  for (const resource of [unknownField, unknownKind, rateControl(-1), null, 'text']) {
    await assert.rejects(activate(rig, 'plan-1', [resource]), refusedWith('resource.invalid'));
  }
  const sip = { apiVersion: 'fairlead.dev/v1', kind: 'SipTransport', metadata: { name: 'default' }, spec: {} };
  await assert.rejects(activate(rig, 'plan-1', [sip]), refusedWith('node.unsupported'));
  await assert.rejects(activate(rig, 'plan-1', [rateControl(5), rateControl(6)]), refusedWith('node.bad-request'));
  assert.equal(rig.store.view().pending, undefined);
});

test('when one part cannot prepare, nothing changes and what the others prepared is freed', async (t) => {
  const [good, bad] = [new LimitParticipant('good'), new LimitParticipant('bad')];
  const rig = await startStore(t, { participants: [good, bad] });
  await apply(rig, 'plan-1', [rateControl(5)]);
  const before = rig.store.view().digest;
  bad.beforePrepare = () => Promise.reject(new FairleadError('node.unsupported', 'spec.x is not implemented'));
  await assert.rejects(activate(rig, 'plan-2', [rateControl(6)]), (error) => {
    assert.ok(error instanceof FairleadError && error.code === 'apply.prepare-failed', String(error));
    assert.deepEqual(error.details, [{ place: 'bad', message: 'node.unsupported: spec.x is not implemented' }]);
    return true;
  });
  assert.deepEqual([good.limit, bad.limit, rig.store.view().digest], [5, 5, before]);
  assert.deepEqual(good.released.slice(-1), ['plan-2']);
  assert.throws(() => rig.store.receipt('plan-2'), refusedWith('node.unknown-plan'));
});

test('a part that never gets ready is given up, and what it prepares too late is freed', async (t) => {
  const rig = await startStore(t);
  let goOn: () => void = () => undefined;
  let reason: unknown;
  rig.participant.beforePrepare = (_next, signal) => {
    signal.addEventListener('abort', () => {
      reason = signal.reason;
    });
    return new Promise((resolve) => (goOn = resolve));
  };
  const activation = activate(rig, 'plan-1', [rateControl(5)]);
  const refused = assert.rejects(activation, refusedWith('apply.prepare-failed'));
  await until(() => rig.clock.pendingTimers > 0);
  rig.clock.advance(30_000);
  await refused;
  assert.equal(reason instanceof TimeLimitReached, true);
  goOn();
  await until(() => rig.participant.released.includes('plan-1'));
  assert.equal(rig.participant.limit, undefined);
});

test('operations run one at a time in the order they came', async (t) => {
  const rig = await startStore(t);
  let goOn: () => void = () => undefined;
  rig.participant.beforePrepare = () => new Promise((resolve) => (goOn = resolve));
  const activation = activate(rig, 'plan-1', [rateControl(5)]);
  const confirmation = rig.store.confirm('plan-1');
  const secondActivation = activate(rig, 'plan-2', [rateControl(6)]);
  const refused = assert.rejects(secondActivation, refusedWith('plan.stale'));
  await until(() => rig.clock.pendingTimers > 0);
  goOn();
  assert.equal((await activation).state, 'pending');
  assert.equal((await confirmation).state, 'confirmed');
  await refused;
});

test('a stop waits for the operation in progress, and refuses later ones', async (t) => {
  const rig = await startStore(t);
  let goOn: () => void = () => undefined;
  rig.participant.beforePrepare = () => new Promise((resolve) => (goOn = resolve));
  const activation = activate(rig, 'plan-1', [rateControl(5)]);
  await until(() => rig.clock.pendingTimers > 0);
  const stopped = rig.store.stop();
  await assert.rejects(rig.store.confirm('plan-1'), refusedWith('node.busy'));
  goOn();
  assert.equal((await activation).state, 'pending');
  await stopped;
  assert.equal(rig.clock.pendingTimers, 0);
});

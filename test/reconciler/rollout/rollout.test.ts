import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { newLabTls, type LabTls } from '../lab-nodes.js';
import { check, RolloutRig, until, version } from './rollout-rig.js';

let tls: LabTls;
before(async () => {
  tls = await newLabTls();
});
after(() => tls.remove());

/** A test on nodes that run version `old`. */
function rollout(name: string, body: (rig: RolloutRig) => Promise<void>): void {
  test(name, async () => {
    const rig = new RolloutRig(tls);
    try {
      await rig.start();
      assert.equal((await rig.apply('0', version('old'))).state, 'applied');
      await body(rig);
    } finally {
      await rig.close();
    }
  });
}

const all = (domains: string) => [domains, domains, domains];
const refusal = () => Promise.reject(new FairleadError('apply.prepare-failed', 'this part refuses'));

rollout('the last core goes first, the others follow, and all confirm', async (rig) => {
  const order = rig.notePreparations();
  const outcome = await rig.apply('1', version('new'));
  assert.equal(outcome.state, 'applied');
  assert.equal(order[0], 'core-2');
  assert.deepEqual(order.toSorted(), ['core-1', 'core-2', 'edge-1']);
  assert.deepEqual(rig.serving(), all('new.example'));
  assert.deepEqual(rig.pending(), []);
});

rollout('the policy chooses another canary', async (rig) => {
  const order = rig.notePreparations();
  await rig.rollOut(await rig.plan('1', version('new'), { rollout: { canary: 'edge-1' } }));
  assert.equal(order[0], 'edge-1');
});

rollout('a canary that refuses leaves everything as it was, and nobody else is asked', async (rig) => {
  const order = rig.notePreparations();
  rig.nodes['core-2'].part.beforePrepare = refusal;
  const outcome = await rig.apply('1', version('new'));
  assert.equal(outcome.state, 'refused');
  assert.equal(outcome.error.code, 'apply.prepare-failed');
  assert.match(outcome.error.message, /^core-2: .*this part refuses/);
  assert.deepEqual(order, []);
  assert.deepEqual(rig.serving(), all('old.example'));
});

rollout('when another node refuses, the canary goes back', async (rig) => {
  rig.nodes['edge-1'].part.beforePrepare = refusal;
  const outcome = await rig.apply('1', version('new'));
  assert.equal(outcome.state, 'rolled-back');
  assert.ok(outcome.error.details.some(({ place }) => place === 'edge-1'));
  assert.deepEqual(rig.serving(), all('old.example'));
  assert.deepEqual(rig.pending(), []);
});

rollout('a check that the canary breaks rolls it back before anybody else changes', async (rig) => {
  const order = rig.notePreparations();
  rig.hurried.abort();
  rig.nodes['core-2'].part.health = (serving) => [
    check('UnifiedCM/emea answers', !serving.resources.has('Domain/new.example'), 'connection refused'),
  ];
  const outcome = await rig.apply('1', version('new'));
  assert.equal(outcome.state, 'rolled-back');
  assert.equal(outcome.error.code, 'apply.probe-failed');
  assert.deepEqual(outcome.error.details, [{ place: 'core-2 UnifiedCM/emea answers', message: 'connection refused' }]);
  assert.deepEqual(order, ['core-2']);
  assert.deepEqual(rig.serving(), all('old.example'));
});

rollout('a check that breaks on a node that did not change counts as well', async (rig) => {
  rig.hurried.abort();
  const { part } = rig.nodes['core-2'];
  rig.nodes['edge-1'].part.health = () => [check('sign-in', part.domains === 'old.example')];
  const outcome = await rig.apply('1', version('new'));
  assert.equal(outcome.state, 'rolled-back');
  assert.deepEqual(rig.serving(), all('old.example'));
});

rollout('what failed before and still fails is not the fault of the change', async (rig) => {
  rig.nodes['core-1'].part.health = () => [check('UnifiedCM/apac answers', false)];
  assert.equal((await rig.apply('1', version('new'))).state, 'applied');
});

rollout('a check that is new and fails is', async (rig) => {
  rig.hurried.abort();
  rig.nodes['core-1'].part.health = (serving) =>
    serving.resources.has('Domain/new.example') ? [check('UnifiedCM/new answers', false)] : [];
  assert.equal((await rig.apply('1', version('new'))).state, 'rolled-back');
});

rollout('a check may need a moment after the swap', async (rig) => {
  const { part } = rig.nodes['core-2'];
  let failures = 0;
  part.health = (serving) => {
    const fails = serving.resources.has('Domain/new.example') && failures < 2;
    if (fails) failures += 1;
    return [check('sign-in', !fails)];
  };
  const applying = rig.apply('1', version('new'));
  await until(() => failures === 1 && rig.isSleeping());
  rig.clock.advance(100);
  await until(() => failures === 2 && rig.isSleeping());
  rig.clock.advance(200);
  assert.equal((await applying).state, 'applied');
});

rollout('a check that stays broken is given up when its time is over', async (rig) => {
  const { part } = rig.nodes['core-2'];
  part.health = (serving) => [check('sign-in', !serving.resources.has('Domain/new.example'))];
  const applying = rig.apply('1', version('new'));
  for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 1000) {
    await until(() => rig.isSleeping());
    rig.clock.advance(1000);
  }
  assert.equal((await applying).state, 'rolled-back');
  assert.ok(part.probes > 10, `${part.probes} probes`);
});

rollout('a newer revision does not wait for a check that fails', async (rig) => {
  const { part } = rig.nodes['core-2'];
  part.health = (serving) => [check('sign-in', !serving.resources.has('Domain/new.example'))];
  const applying = rig.apply('1', version('new'));
  await until(() => rig.isSleeping());
  rig.hurried.abort();
  assert.equal((await applying).state, 'rolled-back');
});

rollout('too little time to confirm safely rolls back', async (rig) => {
  const { part } = rig.nodes['edge-1'];
  part.health = (serving) => {
    if (serving.resources.has('Domain/new.example')) rig.clock.advance(116_000);
    return [];
  };
  const planned = await rig.plan('1', version('new'), { rollout: { probeTimeoutSeconds: 300 } });
  const outcome = await rig.rollOut(planned);
  assert.equal(outcome.state, 'rolled-back');
  assert.equal(outcome.error.code, 'apply.deadline');
  assert.match(outcome.error.message, /4000 ms of the confirm deadline are left, 5000 ms are needed/);
  assert.deepEqual(rig.serving(), all('old.example'));
});

rollout('a program that stops in the middle rolls back first', async (rig) => {
  rig.nodes['edge-1'].part.beforePrepare = () => {
    rig.stopped.abort();
    return Promise.resolve();
  };
  const outcome = await rig.apply('1', version('new'));
  assert.equal(outcome.state, 'rolled-back');
  assert.equal(outcome.error.code, 'apply.interrupted');
  assert.deepEqual(rig.serving(), all('old.example'));
});

rollout(
  'a node that reverted by itself after the decision makes the outcome partial, and the next plan brings it on',
  async (rig) => {
    const planned = await rig.plan('1', version('new'));
    const outcome = await rig.rollOut(planned, (point) => {
      if (point === 'driver:confirm:edge-1:before')
        void rig.nodes['edge-1'].store.revert(planned.plan.id, 'the deadline ended');
    });
    assert.equal(outcome.state, 'partial');
    assert.equal(outcome.decision, 'confirm');
    assert.deepEqual(
      outcome.error.details.find(({ place }) => place === 'edge-1'),
      { place: 'edge-1', message: 'reverted: the deadline ended' },
    );
    assert.deepEqual(rig.serving(), ['old.example', 'new.example', 'new.example']);
    const again = await rig.plan('1', version('new'));
    assert.deepEqual(
      again.plan.nodes.map(({ changes }) => changes.length > 0),
      [true, false, false],
    );
    assert.equal((await rig.rollOut(again)).state, 'applied');
    assert.deepEqual(rig.serving(), all('new.example'));
  },
);

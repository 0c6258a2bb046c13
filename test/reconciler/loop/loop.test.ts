import assert from 'node:assert/strict';
import { domain } from '../plans.js';
import { check } from '../rollout/rollout-rig.js';
import { loopTests, tolerant, until } from './loop-rig.js';

const loop = loopTests();

loop('a cluster that is declared is applied, and its status says so', (rig) => {
  assert.equal(rig.serving(), 'one.example one.example');
  const head = rig.repository.head();
  const { lab } = rig;
  assert.equal(lab?.desired?.id, head);
  assert.equal(lab.lastGood?.id, head);
  assert.equal(lab.lastApply?.state, 'applied');
  assert.deepEqual(
    lab.nodes.map(({ name, reachable, revision }) => [name, reachable, revision]),
    [
      ['edge-1', true, head],
      ['core-1', true, head],
    ],
  );
  assert.ok(lab.events.some(({ message }) => message === `commit ${head} is applied`));
  return Promise.resolve();
});

loop('a hint brings a new commit to the nodes without waiting for the poll', async (rig) => {
  const commit = rig.push('two.example');
  rig.hint();
  const { outcome } = await rig.ended('applied');
  assert.equal(outcome.state === 'applied' && outcome.findings.commit.id, commit);
  assert.equal(rig.serving(), 'two.example two.example');
});

loop('a lost hint costs no more than the poll interval', async (rig) => {
  rig.push('two.example');
  await until(() => rig.clock.sleeping > 0);
  rig.clock.advance(67_000);
  await rig.ended('applied');
  assert.equal(rig.serving(), 'two.example two.example');
});

loop('many hints at once are few readings', async (rig) => {
  const before = rig.readings;
  for (let count = 0; count < 100; count += 1) rig.hint();
  await rig.ended('nothing');
  await rig.quiet();
  assert.ok(rig.readings - before <= 3, `${rig.readings - before} readings`);
});

loop('what somebody changed by hand is put back at once, and told', async (rig) => {
  await rig.core.store.edit({ action: 'put', resource: domain('by-hand.example'), actor: 'ada' });
  await rig.ended('applied');
  assert.equal(rig.serving(), 'one.example one.example');
  const event = rig.lab?.events.find(({ type }) => type === 'drift');
  assert.match(event?.message ?? '', /^Domain\/by-hand\.example on core-1 was changed by ada at .*; it is put back$/);
  assert.deepEqual(rig.lab?.drift, []);
  assert.match(await rig.metrics(), /fairlead_drift_total\{treatment="corrected"\} 1/);
});

loop(
  'drift that is only to be reported stays, and is told once',
  async (rig) => {
    await rig.core.store.edit({ action: 'put', resource: domain('by-hand.example'), actor: 'ada' });
    await until(() => rig.lab?.drift.length === 1);
    rig.hint();
    await rig.ended('nothing');
    assert.equal(rig.lab?.drift[0]?.isCorrected, false);
    assert.equal(rig.lab.events.filter(({ type }) => type === 'drift').length, 1);
    assert.equal(rig.serving(), 'one.example by-hand.example one.example');
  },
  { drift: { default: 'report' } },
);

loop(
  'a commit that concerns no node is in force without a change, and stays so while a later one fails',
  async (rig) => {
    const inForce = () => rig.lab?.nodes.map((node) => node.inForce);
    const before = rig.lab?.nodes.map(({ revision }) => revision);
    const commit = rig.repository.commit('Explain', { 'README.md': 'The lab.\n' });
    rig.hint();
    await until(() => inForce()?.every((one) => one === commit) === true);
    assert.deepEqual(
      rig.lab?.nodes.map(({ revision }) => revision),
      before,
    );
    rig.edge.part.beforePrepare = () => Promise.reject(new Error('this part refuses'));
    rig.push('two.example');
    rig.hint();
    await rig.ended('rolled-back');
    const applied = rig.lab?.lastGood?.id;
    assert.deepEqual(inForce(), [applied, applied], 'what was applied last stays in force');
  },
);

loop('a cluster that is no longer declared is left alone', async (rig) => {
  rig.push('two.example', {}, 'other');
  rig.repository.git('rm', '-rq', 'lab');
  rig.repository.commit('Drop the cluster lab');
  rig.hint();
  await until(() => rig.lab === undefined);
  await until(() => rig.serving() === 'two.example two.example');
});

loop(
  'a node that comes back catches up with what the others run',
  async (rig) => {
    await rig.edge.stop();
    rig.push('two.example', tolerant);
    rig.hint();
    await rig.ended('applied');
    assert.equal(rig.serving(), 'one.example two.example');
    await rig.edge.start();
    await until(() => {
      rig.clock.advance(1);
      return rig.serving() === 'two.example two.example';
    });
  },
  tolerant,
);

loop('a program that is stopped in the middle of an apply leaves nothing half done', async (rig) => {
  rig.core.part.health = (serving) => [check('sign-in', !serving.resources.has('Domain/two.example'))];
  rig.push('two.example');
  rig.hint();
  await until(() => rig.core.part.domains === 'two.example' && rig.clock.sleeping > 0);
  await rig.stop();
  assert.equal(rig.serving(), 'one.example one.example');
  assert.equal(rig.core.store.view().pending, undefined);
});

loop('one cluster that fails does not hold up another', async (rig) => {
  rig.repository.commit('Break one', { 'lab/broken.yaml': 'kind: Domian\n' });
  rig.push('two.example', {}, 'other');
  rig.hint();
  await until(() => rig.status.clusters.find(({ cluster }) => cluster === 'other')?.outcome?.state === 'applied');
  await until(() => rig.lab?.outcome?.state === 'invalid');
});

import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { FairleadError } from '../../../src/errors.js';
import { domain } from '../plans.js';
import { check } from '../rollout/rollout-rig.js';
import { loopTests, until } from './loop-rig.js';

const loop = loopTests();

loop('an invalid commit is told with its line, and the last good one is kept in force', async (rig) => {
  rig.repository.commit('Break it', { 'lab/broken.yaml': 'kind: Domian\n' });
  rig.hint();
  const { outcome } = await rig.ended('invalid');
  assert.equal(outcome.kept?.state, 'nothing');
  assert.match(rig.lab?.outcome?.reason?.message ?? '', /lab\/broken\.yaml:1/);
  await rig.core.store.edit({ action: 'put', resource: domain('by-hand.example'), actor: 'ada' });
  await until(() => rig.core.part.domains === 'one.example');
  assert.equal(rig.lab?.outcome?.state, 'invalid');
});

loop('the last good revision is kept in force also by a program that only ever saw an invalid one', async (rig) => {
  await rig.stop();
  rig.repository.commit('Break it', { 'lab/broken.yaml': 'kind: Domian\n' });
  await rig.core.store.edit({ action: 'put', resource: domain('by-hand.example'), actor: 'ada' });
  await rig.start();
  const { outcome } = await rig.ended('invalid');
  assert.equal(outcome.kept?.state, 'applied');
  assert.equal(rig.serving(), 'one.example one.example');
});

const refused = () => Promise.reject(new FairleadError('apply.prepare-failed', 'this part refuses'));

loop('a revision that failed is not tried again, nor after a restart, until Git moves', async (rig) => {
  let tries = 0;
  rig.edge.part.beforePrepare = (next) => {
    if (!next.resources.has('Domain/two.example')) return Promise.resolve();
    tries += 1;
    return refused();
  };
  rig.push('two.example');
  rig.hint();
  const { outcome } = await rig.ended('rolled-back');
  assert.equal(outcome.state === 'rolled-back' && outcome.error.code, 'apply.prepare-failed');
  for (const restart of [false, true, false]) {
    if (restart) {
      await rig.stop();
      await rig.start();
    } else rig.hint();
    await rig.ended('rolled-back');
  }
  assert.equal(tries, 1);
  assert.equal(rig.serving(), 'one.example one.example');
  rig.push('three.example');
  rig.hint();
  await rig.ended('applied');
  assert.equal(rig.serving(), 'three.example three.example');
});

loop('a revision that a node had no room to prepare is tried again by itself', async (rig) => {
  let isFull = true;
  rig.edge.part.beforePrepare = () =>
    isFull ? Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' })) : Promise.resolve();
  rig.push('two.example');
  rig.hint();
  const { outcome, delayMs } = await rig.ended('rolled-back');
  assert.equal(outcome.state === 'rolled-back' && outcome.error.code, 'apply.prepare-failed');
  assert.ok(delayMs <= 500, `${delayMs} ms`);
  isFull = false;
  await until(() => {
    rig.clock.advance(1);
    return rig.lab?.outcome?.state === 'applied';
  });
  assert.equal(rig.serving(), 'two.example two.example');
});

loop('a revision that failed is tried again when the observed side moves', async (rig) => {
  rig.edge.part.beforePrepare = refused;
  rig.push('two.example');
  rig.hint();
  await rig.ended('rolled-back');
  await rig.quiet();
  rig.edge.part.beforePrepare = () => Promise.resolve();
  await rig.core.store.edit({ action: 'put', resource: domain('by-hand.example'), actor: 'ada' });
  await rig.ended('applied');
  assert.equal(rig.serving(), 'two.example two.example');
});

loop('what may go away by itself is looked at again after a while', async (rig) => {
  await rig.edge.stop();
  rig.hint();
  const { delayMs, failures } = await rig.ended('blocked');
  assert.ok(delayMs <= 500 && failures === 1, `${delayMs} ms after ${failures} failures`);
  assert.match(rig.lab?.blockers[0]?.message ?? '', /edge-1 does not answer/);
  await rig.edge.start();
  await until(() => {
    rig.clock.advance(1);
    return rig.lab?.outcome?.state === 'nothing';
  });
  assert.equal(rig.lab?.failures, 0);
  assert.ok(rig.lab.events.some(({ type }) => type === 'recovered'));
});

loop('the newest revision wins over one whose probes are still waited for', async (rig) => {
  rig.core.part.health = (serving) => [check('sign-in', !serving.resources.has('Domain/two.example'))];
  rig.push('two.example');
  rig.hint();
  await until(() => rig.core.part.domains === 'two.example' && rig.clock.sleeping > 0);
  rig.push('three.example');
  rig.hint();
  await rig.ended('rolled-back');
  await rig.ended('applied');
  assert.equal(rig.serving(), 'three.example three.example');
});

loop('while the repository cannot be read, drift from what it held is put back', async (rig) => {
  renameSync(rig.repository.directory, `${rig.repository.directory}-away`);
  await rig.core.store.edit({ action: 'put', resource: domain('by-hand.example'), actor: 'ada' });
  await rig.ended('applied');
  assert.equal(rig.serving(), 'one.example one.example');
  assert.equal(rig.status.source.reason?.code, 'source.unreachable');
});

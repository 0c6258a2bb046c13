import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newLabTls, type LabTls } from '../lab-nodes.js';
import { RolloutRig, until, version } from './rollout-rig.js';

let tls: LabTls;
before(async () => {
  tls = await newLabTls();
});
after(() => tls.remove());

function unreachable(name: string, body: (rig: RolloutRig) => Promise<void>): void {
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

/** The newest run that any core has confirmed. */
function knownOrder({ nodes }: RolloutRig): number {
  return Math.max(nodes['core-1'].standings.order, nodes['core-2'].standings.order);
}

const tolerant = { unreachableNodesTolerated: 1 };

unreachable('a node that is away is left out, and catches up with a plan of its own', async (rig) => {
  await rig.nodes['edge-1'].stop();
  const planned = await rig.plan('1', version('new'), tolerant);
  assert.deepEqual(
    planned.request.deliveries.map(({ node }) => node.name),
    ['core-1', 'core-2'],
  );
  assert.equal((await rig.rollOut(planned)).state, 'applied');
  await rig.nodes['edge-1'].start();
  const catchUp = await rig.plan('1', version('new'), tolerant);
  assert.deepEqual(
    catchUp.request.deliveries.map(({ node }) => node.name),
    ['edge-1'],
  );
  assert.equal((await rig.rollOut(catchUp)).state, 'applied');
  assert.deepEqual(rig.serving(), ['new.example', 'new.example', 'new.example']);
});

unreachable('the others know whom a plan left behind, until that node has caught up', async (rig) => {
  await rig.nodes['edge-1'].stop();
  assert.equal((await rig.rollOut(await rig.plan('1', version('new'), tolerant))).state, 'applied');
  const knowing = rig.nodes['core-1'].standings;
  assert.deepEqual(
    knowing.word().laggards.map(({ node }) => node),
    ['edge-1'],
  );
  await rig.nodes['edge-1'].start();
  const edge = rig.nodes['edge-1'].standings;
  edge.hear('core-1', knowing.word());
  assert.equal(edge.isHeld, true);
  assert.equal((await rig.rollOut(await rig.plan('1', version('new'), tolerant))).state, 'applied');
  assert.equal(edge.missed, undefined);
});

unreachable('a node that is behind without a difference is released by a plan without changes', async (rig) => {
  await rig.nodes['edge-1'].stop();
  await rig.rollOut(await rig.plan('1', version('new'), tolerant));
  await rig.rollOut(await rig.plan('2', version('old'), tolerant));
  await rig.nodes['edge-1'].start();
  const edge = rig.nodes['edge-1'].standings;
  edge.hear('core-1', rig.nodes['core-1'].standings.word());
  const planned = await rig.plan('2', version('old'), tolerant);
  assert.equal(planned.plan.nodes.flatMap(({ changes }) => changes).length, 0);
  assert.equal((await rig.rollOut(planned)).state, 'applied');
  assert.deepEqual([edge.missed, edge.order > knownOrder(rig)], [undefined, true]);
});

unreachable('a node that goes away on the way is given up when the policy tolerates it', async (rig) => {
  const planned = await rig.plan('1', version('new'), tolerant);
  rig.nodes['core-2'].part.beforePrepare = () => rig.nodes['edge-1'].stop();
  const outcome = await rig.rollOut(planned);
  assert.equal(outcome.state, 'applied');
  assert.equal(outcome.nodes.find(({ node }) => node === 'edge-1')?.state, 'left');
  assert.deepEqual(rig.serving().slice(1), ['new.example', 'new.example']);
});

unreachable('a node that goes away on the way rolls everything back when the policy does not', async (rig) => {
  const planned = await rig.plan('1', version('new'));
  rig.hurried.abort();
  rig.nodes['core-2'].part.beforePrepare = () => rig.nodes['edge-1'].stop();
  const outcome = await rig.rollOut(planned);
  assert.equal(outcome.state, 'rolled-back');
  assert.deepEqual(rig.serving(), ['old.example', 'old.example', 'old.example']);
});

unreachable('a node that falls silent after it changed is the fault of the change, tolerated or not', async (rig) => {
  const planned = await rig.plan('1', version('new'), tolerant);
  rig.hurried.abort();
  const outcome = await rig.rollOut(planned, (point) => {
    if (point === 'driver:activate:core-2:after') void rig.nodes['core-2'].stop();
  });
  assert.equal(outcome.state, 'rolled-back');
  assert.match(outcome.error.message, /core-2 answers/);
});

unreachable('a node that cannot be told to go back does so when its deadline ends', async (rig) => {
  const planned = await rig.plan('1', version('new'));
  rig.hurried.abort();
  rig.nodes['edge-1'].part.beforePrepare = () => Promise.reject(new Error('refused'));
  const outcome = await rig.rollOut(planned, (point) => {
    if (point === 'driver:revert:core-2:before') throw new Error('cut off');
  });
  assert.equal(outcome.state, 'rolled-back');
  assert.equal(outcome.nodes.find(({ node }) => node === 'core-2')?.state, 'left');
  assert.deepEqual(rig.pending(), ['core-2']);
  rig.clock.advance(120_000);
  await until(() => rig.pending().length === 0);
  assert.deepEqual(rig.serving(), ['old.example', 'old.example', 'old.example']);
});

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { rigOfFile, until } from './rig.js';

const access = 'base/access.yaml';
const policyFile = 'clusters/lab/cluster.yaml';
const rig = rigOfFile((one) => one.startReconciler(), { cores: 2, unreachableNodesTolerated: 1 });

beforeEach(async () => {
  for (const { name } of rig().estate.nodes) await rig().estate.node(name).start();
  await rig().quiet();
});

function burst(from: number, to: number): Promise<string> {
  return rig().estate.repository.edit(`A burst of ${to}`, access, `burst: ${from}`, `burst: ${to}`);
}

test('a node that is away does not hold the others up, is named, and catches up when it is back', async () => {
  const { estate } = rig();
  await estate.node('core-2').kill();
  const commit = await burst(20, 21);
  const seen = await rig().pushedInForce(commit);
  const away = seen.nodes.filter(({ reachable }) => !reachable).map(({ name }) => name);
  assert.deepEqual(away, ['core-2']);
  for (const name of ['edge-1', 'core-1']) assert.equal((await rig().cluster.node(name))?.revision, commit, name);
  const client = estate.newClient();
  assert.equal((await client.signIn()).operation.status, 200);

  await estate.node('core-2').start();
  await until('core-2 has caught up', async () => {
    const view = await rig().cluster.node('core-2');
    return view?.revision === commit && !view.isPending && view.ready ? view : undefined;
  });
});

test('a node that stops answering in the middle of an apply is given up, where the policy tolerates it', async () => {
  const { estate } = rig();
  estate.node('core-1').freeze();
  const commit = await burst(21, 22);
  await rig().pushedInForce(commit);
  assert.equal((await rig().cluster.node('core-2'))?.revision, commit);
  estate.node('core-1').thaw();
  await until('core-1 has caught up', async () => {
    const view = await rig().cluster.node('core-1');
    return view?.revision === commit && !view.isPending ? view : undefined;
  });
});

test('where the policy does not tolerate it, nothing is applied until the node is back', async () => {
  const { estate } = rig();
  const strict = await estate.repository.edit(
    'Leave nobody behind',
    policyFile,
    'unreachableNodesTolerated: 1',
    'unreachableNodesTolerated: 0',
  );
  await rig().pushedInForce(strict);
  const before = await rig().cluster.node('edge-1');
  await estate.node('core-2').kill();
  const commit = await burst(22, 23);
  const seen = await rig().pushed(commit, 'blocked');
  assert.match(seen.blockers.join('\n'), /node\.unreachable: core-2 does not answer/);
  assert.deepEqual(await rig().cluster.node('edge-1'), before);
  const apply = await rig().run('plan');
  assert.equal(apply.code, 5, apply.stderr);
  await estate.node('core-2').start();
  await rig().inForce(commit);
  for (const view of await rig().quiet()) assert.equal(view.revision, commit, view.name);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import { Crowd } from './crowd.js';
import { rigOfFile, until } from './rig.js';

const access = 'base/access.yaml';
const size = 24;
const users = Array.from({ length: size }, (_, index) => ({
  userName: `user-${index + 1}`,
  password: `pw-${index + 1}`,
}));
const rig = rigOfFile((one) => one.startReconciler(), { users, cores: 2 });

test('signed-in clients that never stop working do not notice an apply, a revert or a drift correction', async (t) => {
  const { estate } = rig();
  const crowd = await Crowd.signIn(estate, users);
  crowd.start();
  t.after(() => crowd.stop());

  await crowd.worked();
  const applied = await estate.repository.edit('A larger burst', access, 'burst: 20', 'burst: 30');
  await rig().pushedInForce(applied);

  await crowd.worked();
  await rig().pushedInForce(await estate.repository.revertHead());

  await crowd.worked();
  const declared = await rig().cluster.node('core-2');
  const admin = await rig().cluster.admin('core-2');
  await admin.putResource(authored('HttpTransport', 'default', { connectionRate: { mode: 'off' } }));
  await until('the edit is put back', async () => {
    const view = await rig().cluster.node('core-2');
    return view?.digest === declared?.digest && view?.isPending === false ? view : undefined;
  });

  await crowd.worked();
  await crowd.stop();
  const [first] = crowd.log.failures;
  assert.equal(crowd.log.failures.length, 0, JSON.stringify(first));
  assert.ok(crowd.log.operations.length > 5 * size, `${crowd.log.operations.length} operations`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rigOfFile } from './rig.js';

const access = 'base/access.yaml';
const rig = rigOfFile((one) => one.startReconciler());

test('a commit changes what live proxies answer, and the counts that they have are kept', async () => {
  const { repository } = rig().estate;
  const client = rig().estate.newClient();
  assert.equal((await client.signIn()).operation.status, 200);
  const lowered = await repository.edit('Allow two', access, 'PerPeriod: 3', 'PerPeriod: 2');
  await rig().pushedInForce(lowered);
  assert.equal((await client.signIn()).operation.status, 200, 'the second of two');
  assert.equal((await client.signIn()).operation.status, 429, 'the third of two');
  const raised = await repository.edit('Allow four', access, 'PerPeriod: 2', 'PerPeriod: 4');
  await rig().pushedInForce(raised);
  assert.equal((await client.signIn()).operation.status, 200, 'the third of four');
  assert.equal((await client.signIn()).operation.status, 200, 'the fourth of four');
  assert.equal((await client.signIn()).operation.status, 429, 'the fifth of four');
});

test('a token outlives the commits', async () => {
  const { repository } = rig().estate;
  const client = rig().estate.newClient({ userName: 'ada' });
  const off = await repository.edit('Switch the limit off', access, 'PerPeriod: 4', 'PerPeriod: 0');
  await rig().pushedInForce(off);
  assert.equal((await client.signIn()).operation.status, 200);
  const { token } = client;
  const on = await repository.revertHead();
  await rig().pushedInForce(on);
  assert.equal((await client.fetchUds('version', { present: 'token' })).operation.status, 200);
  assert.equal(client.token, token);
});

test('a commit that changes nothing on the nodes is in force at once, and nothing is activated', async () => {
  const before = await rig().cluster.all();
  const commit = await rig().estate.repository.commit('Say it in other words', { 'README.md': 'Our lab.\n' });
  await rig().pushedInForce(commit);
  assert.deepEqual(await rig().cluster.all(), before);
});

test('a commit is found without a webhook, by polling', async () => {
  const commit = await rig().estate.repository.edit('Allow five', access, 'PerPeriod: 4', 'PerPeriod: 5');
  await rig().inForce(commit);
});

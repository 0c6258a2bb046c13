import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import { rigOfFile } from './rig.js';

const access = 'base/access.yaml';
const rig = rigOfFile((one) => one.applyHead());

async function planFile(name: string): Promise<string> {
  const path = join(rig().estate.paths.directory, name);
  const { code, stderr } = await rig().run('plan', '--out', path);
  assert.equal(code, 2, stderr);
  return path;
}

async function apply(path: string): Promise<number> {
  const { code } = await rig().run('apply', path);
  return code;
}

test('a plan is applied as it was made, and a plan made right after it is empty', async () => {
  const { repository } = rig().estate;
  const commit = await repository.edit('Allow four', access, 'PerPeriod: 3', 'PerPeriod: 4');
  const file = await planFile('four.json');
  assert.equal(await apply(file), 0);
  assert.equal((await rig().cluster.node('core-1'))?.revision, commit);
  assert.equal((await rig().run('plan')).code, 0);
});

test('a plan whose commit is no longer the newest is stale: exit code 3, and nothing is changed', async () => {
  const { repository } = rig().estate;
  await repository.edit('Allow five', access, 'PerPeriod: 4', 'PerPeriod: 5');
  const file = await planFile('five.json');
  await repository.edit('Allow six', access, 'PerPeriod: 5', 'PerPeriod: 6');
  const before = await rig().cluster.all();
  assert.equal(await apply(file), 3);
  assert.deepEqual(await rig().cluster.all(), before);
});

test('a plan is stale once a node has moved: exit code 3, and nothing is changed', async () => {
  const file = await planFile('six.json');
  const admin = await rig().cluster.admin('core-1');
  await admin.putResource(
    authored('AuthorizationRateControl', 'default', { maximumAuthorizationsPerPeriod: 40, ratePeriodSeconds: 300 }),
  );
  const before = await rig().cluster.all();
  assert.equal(await apply(file), 3);
  assert.deepEqual(await rig().cluster.all(), before);
  const fresh = await planFile('fresh.json');
  assert.equal(await apply(fresh), 0);
});

test('a plan that was applied cannot be applied again', async () => {
  const { repository } = rig().estate;
  await repository.edit('Allow seven', access, 'PerPeriod: 6', 'PerPeriod: 7');
  const file = await planFile('seven.json');
  assert.equal(await apply(file), 0);
  const before = await rig().cluster.all();
  assert.equal(await apply(file), 3);
  assert.deepEqual(await rig().cluster.all(), before);
});

test('a file that is no plan is refused, with what is wrong', async () => {
  const path = join(rig().estate.paths.directory, 'no-plan.json');
  for (const text of ['', '{', '[]', '{"version":99}']) {
    await writeFile(path, text);
    const { code, stderr } = await rig().run('apply', path);
    assert.equal(code, 1, text);
    assert.match(stderr, /plan\.malformed/);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import type { CommandEnd } from '../../src/lab/estate/estate-program.js';
import { rigOfFile } from './rig.js';

const access = 'base/access.yaml';
const allowList = 'clusters/lab/allow-list.yaml';
const rules = Array.from({ length: 12 }, (_, index) =>
  authored('AllowRule', `rule-${index + 1}`, { url: `https://app-${index + 1}.lab.example/`, match: 'prefix' }),
);
const rig = rigOfFile((one) => one.startReconciler(), { documents: rules, pollIntervalSeconds: 3600 });

/** Runs a command that needs the state of the reconciler for itself. */
async function withoutDaemon(command: string): Promise<CommandEnd> {
  await rig().estate.reconciler.stop();
  const end = await rig().run(command);
  await rig().estate.reconciler.start();
  return end;
}

async function devices(): Promise<number | undefined> {
  const client = rig().estate.newClient();
  const signIn = await client.signIn();
  return signIn.operation.status === 200 ? (await client.fetchUds('user/ada/devices')).operation.status : undefined;
}

test('an invalid commit is refused with the place of every problem, while what was there before serves', async () => {
  const { repository } = rig().estate;
  const before = await rig().cluster.all();
  const text = await repository.read(access);
  const invalid = text.replace('PerPeriod: 3', 'PerPeriod: 3000').replace('burst: 20', 'brust: 20');
  const commit = await repository.commit('Two mistakes at once', { [access]: invalid });
  const seen = await rig().pushed(commit, 'invalid');
  const lineOf = (part: string) => invalid.slice(0, invalid.indexOf(part)).split('\n').length;
  const places = [`${access}:${lineOf('PerPeriod: 3000')}:`, `${access}:${lineOf('brust')}:`];
  for (const place of places) {
    assert.ok(
      seen.problems.some((problem) => problem.startsWith(place)),
      `${place} in ${seen.problems.join('\n')}`,
    );
  }
  assert.equal(await devices(), 200);
  const { code, stdout, stderr } = await withoutDaemon('apply');
  assert.equal(code, 4, stderr);
  for (const place of places) assert.ok(`${stdout}${stderr}`.includes(place), `apply names ${place}`);
  assert.deepEqual(await rig().cluster.all(), before);
  await rig().pushedInForce(await repository.revertHead());
});

test('a commit that deletes very much is refused by a guard, and the way out is named', async () => {
  const { repository } = rig().estate;
  const before = await rig().cluster.all();
  const commit = await repository.commit('Tidy up', { 'clusters/lab/more.yaml': undefined });
  const seen = await rig().pushed(commit, 'blocked');
  assert.match(seen.blockers.join('\n'), /guard\.too-many-deletes: .*12 of \d+ managed resources/);
  const plan = await rig().run('plan');
  assert.equal(plan.code, 5, plan.stderr);
  assert.match(plan.stdout, /SyncPolicy spec\.limits\.deletes/);
  const apply = await withoutDaemon('apply');
  assert.equal(apply.code, 5, apply.stderr);
  assert.match(apply.stdout, /guard\.too-many-deletes/);
  assert.deepEqual(await rig().cluster.all(), before);
  await rig().pushedInForce(await repository.revertHead());
});

test('a repository that suddenly declares nothing deletes nothing', async () => {
  const { repository } = rig().estate;
  const before = await rig().cluster.all();
  const commit = await repository.commit('Move everything away', {
    [allowList]: undefined,
    'clusters/lab/cluster.yaml': undefined,
    'clusters/lab/domains.yaml': undefined,
    'clusters/lab/unified-cm.yaml': undefined,
    'clusters/lab/more.yaml': undefined,
  });
  await rig().reconciler.push();
  const { code, stderr } = await withoutDaemon('apply');
  assert.equal(code, 4, stderr);
  assert.equal(await devices(), 200);
  assert.deepEqual(await rig().cluster.all(), before);
  assert.equal(await repository.head(), commit);
  await rig().pushedInForce(await repository.revertHead());
});

test('a webhook with a wrong signature is refused and causes nothing', async () => {
  const { repository } = rig().estate;
  const before = await rig().idle();
  const commit = await repository.edit('Allow four', access, 'PerPeriod: 3', 'PerPeriod: 4');
  for (const secret of ['', 'somebody else’s secret']) {
    const answer = await rig().reconciler.push(secret);
    assert.ok([401, 403].includes(answer.status), String(answer.status));
  }
  assert.deepEqual(await rig().reconciler.cluster(), before);
  await rig().pushedInForce(commit);
});

test('the interface of the reconciler tells nothing to whoever has no token', async () => {
  const { origin } = rig().reconciler;
  for (const path of ['/v1/status', '/metrics', '/v1/ready']) {
    assert.equal((await fetch(`${origin}${path}`)).status, 401, path);
    const authorization = `Bearer ${'x'.repeat(32)}`;
    assert.equal((await fetch(`${origin}${path}`, { headers: { authorization } })).status, 401, path);
  }
});

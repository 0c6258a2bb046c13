import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminPaths } from '../../src/admin/contract.js';
import { newEstatePhones } from '../../src/lab/estate/estate-phones.js';
import { isRecord } from '../../src/model/json.js';
import { systemClock as clock } from '../../src/platform/clock.js';
import { Crowd } from './crowd.js';
import { rigOfFile, until } from './rig.js';

const file = 'clusters/lab/maintenance.yaml';
const size = 8;
const users = Array.from({ length: size }, (_, index) => ({
  userName: `user-${index + 1}`,
  password: `pw-${index + 1}`,
}));
const rig = rigOfFile((one) => one.startReconciler(), { users, cores: 2 });

function maintenanceOf(...nodes: readonly string[]): string {
  return [
    'apiVersion: fairlead.dev/v1',
    'kind: Maintenance',
    'metadata: { name: change-1042 }',
    `spec: { nodes: [${nodes.join(', ')}], reason: 'Change CHG-1042' }`,
    '',
  ].join('\n');
}

async function statusOf(node: string): Promise<Readonly<Record<string, unknown>>> {
  const admin = await rig().cluster.admin(node);
  const { body } = await admin.get(adminPaths.status);
  return isRecord(body) ? body : {};
}

async function maintenance(node: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const found = (await statusOf(node))['maintenance'];
  return isRecord(found) ? found : undefined;
}

async function registrations(node: string): Promise<unknown> {
  const { counts } = await statusOf(node);
  return isRecord(counts) ? counts['registrations'] : undefined;
}

test('a commit drains a core while clients and phones work on, and another one takes it back', async (t) => {
  const { estate } = rig();
  const crowd = await Crowd.signIn(estate, users);
  crowd.start();
  t.after(() => crowd.stop());
  const phones = await newEstatePhones(estate, { phones: 6, clock });
  t.after(() => phones.stop());
  await phones.start();
  await phones.untilRegistered();
  const [draining, other] = (await registrations('core-2')) === 6 ? ['core-2', 'core-1'] : ['core-1', 'core-2'];
  assert.equal(await registrations(draining), 6, 'one user, one core');
  await crowd.worked();

  const commit = await estate.repository.commit(`Drain ${draining}`, { [file]: maintenanceOf(draining) });
  await rig().pushedInForce(commit);
  const entered = await maintenance(draining);
  assert.deepEqual([entered?.['names'], entered?.['reason']], [['change-1042'], 'Change CHG-1042']);
  assert.equal(await maintenance(other), undefined);
  for (const phone of phones.phones) phone.start();
  await until('it is drained', async () => {
    const now = await maintenance(draining);
    return now?.['state'] === 'drained' ? now : undefined;
  });
  assert.equal(await registrations(other), 6, 'all phones came to the other core');
  const ready = await (await rig().cluster.admin(draining)).get(adminPaths.ready);
  assert.deepEqual([ready.status, ready.body], [200, { ready: true, note: '(Maintenance Mode)' }]);
  const status = await until('the status says so', async () => {
    const { code, stdout } = await rig().run('status');
    assert.equal(code, 0, stdout);
    return stdout.includes(`${draining}  core  desired  ready, drained (Maintenance Mode)`) ? stdout : undefined;
  });
  assert.match(status, new RegExp(`${other} {2}core {2}\\w+ +ready {2}`));
  const told = (await rig().reconciler.cluster())?.events.filter((event) => event.includes('maintenance')) ?? [];
  assert.deepEqual(told.toReversed(), [
    `node: ${draining}: maintenance: draining`,
    `node: ${draining}: maintenance: drained`,
  ]);

  const client = estate.newClient({ userName: 'user-1', password: 'pw-1' });
  const { operation } = await client.signIn();
  assert.equal(operation.status, 200, 'who signs in anew is served by the other core');
  await crowd.worked();

  await rig().pushedInForce(await estate.repository.commit('Take it back', { [file]: undefined }));
  assert.equal(await maintenance(draining), undefined);
  await crowd.worked();
  await crowd.stop();
  const [first] = crowd.log.failures;
  assert.equal(crowd.log.failures.length, 0, JSON.stringify(first));
  const { failedOperations, losses } = phones.statistics();
  assert.deepEqual([failedOperations, losses], [0, 0], 'no phone noticed');
});

test('a commit that would take out every core is blocked, and touches nobody', async () => {
  const { estate } = rig();
  const commit = await estate.repository.commit('Drain all', { [file]: maintenanceOf('core-1', 'core-2') });
  const seen = await rig().pushed(commit, 'blocked');
  assert.match(seen.blockers.join(), /guard\.last-serving/);
  assert.equal(await maintenance('core-1'), undefined);
  await rig().pushedInForce(await estate.repository.revertHead());
});

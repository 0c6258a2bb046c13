import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseUnscripted } from '../../src/lab/uc-server/lab-unified-cm.js';
import { rigOfFile } from './rig.js';

const users = ['ada', 'bob', 'cyd', 'dan', 'eve'].map((userName) => ({ userName, password: `${userName}-engine` }));
const rig = rigOfFile((one) => one.applyHead(), { users });

function clientOf(userName: string, password = `${userName}-engine`) {
  return rig().estate.newClient({ userName, password });
}

test('good credentials get an edge-config document and a token, and the token opens what the allow list names', async () => {
  const client = clientOf('ada');
  const signedIn = await client.signIn();
  assert.equal(signedIn.operation.status, 200, signedIn.operation.error);
  assert.equal(client.edgeConfig?.udsServers[0]?.address, rig().estate.layout.ucHosts[0]);
  const devices = await client.fetchUds('user/ada/devices');
  assert.equal(devices.operation.status, 200);
  assert.match(devices.answer?.body ?? '', /<name>CSFADA<\/name>/);
  refuseUnscripted((await rig().estate.unifiedCm.record()).unscripted);
});

test('a wrong password is refused with 401 and a challenge', async () => {
  const { operation, answer } = await clientOf('bob', 'wrong').signIn();
  assert.equal(operation.status, 401);
  assert.match(answer?.headers['www-authenticate'] ?? '', /^Basic realm=/);
});

test('the authorization beyond the limit is answered with 429 and a time, and costs the UC server nothing', async () => {
  const { unifiedCm } = rig().estate;
  for (const attempt of [1, 2, 3]) {
    assert.equal((await clientOf('cyd').signIn()).operation.status, 200, `authorization ${attempt}`);
  }
  await unifiedCm.forgetRecord();
  const { operation } = await clientOf('cyd').signIn();
  assert.equal(operation.status, 429);
  assert.ok(operation.retryAfterSeconds !== undefined && operation.retryAfterSeconds > 0);
  assert.ok(operation.retryAfterSeconds <= 300);
  assert.deepEqual((await unifiedCm.record()).requests, []);
});

test('a token costs no authorization, also when the limit is used up', async () => {
  const client = clientOf('dan');
  for (const attempt of [1, 2, 3]) {
    assert.equal((await client.signIn()).operation.status, 200, `authorization ${attempt}`);
  }
  assert.equal((await client.signIn()).operation.status, 429);
  for (let request = 1; request <= 4; request += 1) {
    assert.equal((await client.fetchUds('version', { present: 'token' })).operation.status, 200);
    assert.equal((await client.fetchUds('user/dan/devices')).operation.status, 200);
  }
});

test('what no allow rule names is refused with 403, whoever asks', async () => {
  const client = clientOf('eve');
  await client.signIn();
  const [host = ''] = rig().estate.layout.ucHosts;
  const { ucPort } = rig().estate.layout;
  for (const url of ['https://payroll.lab.example/salaries', `https://${host}:${ucPort}/ccmadmin`]) {
    assert.equal((await client.fetch(url)).operation.status, 403, url);
  }
  const posted = await client.fetchUds('user/eve/devices', { method: 'POST', body: '<device/>' });
  assert.equal(posted.operation.status, 403);
});

for (const type of ['refuse', 'hang', 'wrong-certificate', 'malformed'] as const) {
  test(`while the UC servers ${type}, a sign-in is answered with 503 and a time, never 401, and costs nothing`, async () => {
    const { unifiedCm, layout } = rig().estate;
    const userName = `guest-${type}`;
    await unifiedCm.putUser({ userName, password: 'open' });
    for (const host of layout.ucHosts) await unifiedCm.setFault(host, { type });
    const signIn = () => clientOf(userName, 'open').signIn();
    // As many as the limit allows at once, and one more.
    const ends = [...(await Promise.all([signIn(), signIn(), signIn()])), await signIn()];
    for (const { operation } of ends) {
      assert.equal(operation.status, 503);
      assert.ok(operation.retryAfterSeconds !== undefined);
    }
    for (const host of layout.ucHosts) await unifiedCm.setFault(host);
    assert.equal((await clientOf(userName, 'open').signIn()).operation.status, 200);
  });
}

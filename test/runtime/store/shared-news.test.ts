import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock as clock } from '../../../src/platform/clock.js';
import { until } from '../sip/sip-kit.js';
import { RedisProcess, withRedis } from './redis-process.js';
import { startStoreCore, type StoreCore } from './store-core.js';

const ada = Buffer.alloc(16, 1).toString('base64url');
const bob = Buffer.alloc(16, 2).toString('base64url');
const inAnHour = () => clock.nowMs() + 3_600_000;

async function coreOn(t: TestContext, redis: RedisProcess, name: string): Promise<StoreCore> {
  const core = await startStoreCore(t, name);
  await core.use({ url: redis.url });
  await until(core.isUp);
  return core;
}

test('what one core revokes holds on the others, and they hear of it', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const one = await coreOn(t, redis, 'core1');
  const other = await coreOn(t, redis, 'core2');
  const heard: string[] = [];
  other.store.traffic.revocations.onLearned((subject) => heard.push(subject));
  const epoch = one.store.traffic.revocations.revoke(ada);
  await until(() => heard.includes(ada));
  assert.ok(other.store.traffic.revocations.epochOf(ada) >= Math.trunc(epoch), 'the epoch is known');
  assert.equal(other.store.traffic.revocations.epochOf(bob), 0);
});

test(
  'a core that restarts learns what its peers granted and revoked, and nothing that was revoked',
  withRedis,
  async (t) => {
    const redis = await RedisProcess.start(t);
    const one = await coreOn(t, redis, 'core1');
    one.grants.issue(ada, ['CSFADA'], inAnHour());
    one.grants.issue(bob, ['CSFBOB'], inAnHour());
    await until(async () => (await redis.client.xlen('fairlead:{lab}:news')) === 2);
    one.store.traffic.revocations.revoke(bob);
    one.grants.revoke(bob);
    await until(async () => (await redis.client.xlen('fairlead:{lab}:news')) === 3);
    const other = await coreOn(t, redis, 'core2');
    await until(() => other.grants.all().length === 1);
    assert.deepEqual(other.grants.all(), one.grants.all());
    await until(() => other.store.traffic.revocations.epochOf(bob) > 0);
  },
);

test('a grant after a revocation holds, in whatever state a core hears of both', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const one = await coreOn(t, redis, 'core1');
  one.store.traffic.revocations.revoke(ada);
  one.grants.revoke(ada);
  await until(async () => (await redis.client.xlen('fairlead:{lab}:news')) === 1);
  const revokedAtMs = clock.nowMs();
  await until(() => clock.nowMs() > revokedAtMs + 2);
  one.grants.issue(ada, ['CSFADA'], inAnHour());
  await until(async () => (await redis.client.xlen('fairlead:{lab}:news')) === 2);
  const other = await coreOn(t, redis, 'core2');
  await until(() => other.grants.all().length === 1);
});

test(
  'an edge still gets a grant from a core that only heard of it, once the user signs in there',
  withRedis,
  async (t) => {
    const redis = await RedisProcess.start(t);
    const one = await coreOn(t, redis, 'core1');
    const other = await coreOn(t, redis, 'core2');
    one.grants.issue(ada, ['CSFADA'], inAnHour());
    await until(() => other.grants.all().length === 1);
    const told: string[] = [];
    other.grants.onNews(({ type }) => told.push(type));
    other.grants.issue(ada, ['CSFADA'], inAnHour());
    assert.deepEqual(told, ['issued']);
  },
);

test('what no core signed, what nobody understands, and a time to come are not believed', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const core = await coreOn(t, redis, 'core1');
  const news = 'fairlead:{lab}:news';
  await redis.client.xadd(news, '*', 'by', 'x', 'grant', 'AAAA');
  await redis.client.xadd(news, '*', 'colour', 'green');
  await redis.client.xadd(news, '*', 'by', 'x', 'revoked', ada, 'epoch', 'never');
  await redis.client.xadd(news, '*', 'by', 'x', 'revoked', bob, 'epoch', '9000000000000000');
  await until(() => core.store.traffic.revocations.epochOf(bob) > 0);
  assert.ok(core.store.traffic.revocations.epochOf(bob) <= clock.nowMs(), 'nothing is revoked that is yet to come');
  assert.equal(core.store.traffic.revocations.epochOf(ada), 0);
  assert.deepEqual(core.grants.all(), []);
  assert.equal(await core.isUp(), true);
});

test('what is revoked while the store is away, and what it forgot, is told when it is back', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const one = await coreOn(t, redis, 'core1');
  const other = await coreOn(t, redis, 'core2');
  one.store.traffic.revocations.revoke(ada);
  await until(() => other.store.traffic.revocations.epochOf(ada) > 0);
  await redis.kill();
  one.store.traffic.revocations.revoke(bob);
  await redis.start();
  await until(() => other.store.traffic.revocations.epochOf(bob) > 0);
  const third = await coreOn(t, redis, 'core1');
  await until(() => third.store.traffic.revocations.epochOf(ada) > 0, 'the store was told of ada again');
});

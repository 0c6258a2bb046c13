import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { until } from '../sip/sip-kit.js';
import { type CountsUnderTest, takeAll, testAuthorizationCounts } from './authorization-contract.js';
import { RedisProcess, withRedis } from './redis-process.js';
import { startStoreCore } from './store-core.js';

testAuthorizationCounts('a shared store', openShared, withRedis);

async function openShared(t: TestContext): Promise<CountsUnderTest> {
  const redis = await RedisProcess.start(t);
  const core = await startStoreCore(t);
  await core.use({ url: redis.url });
  await until(core.isUp);
  return { counts: core.store.traffic.authorizations, advance: (byMs) => redis.age(byMs) };
}

const granted = (takings: readonly { readonly granted: boolean }[]) => takings.map((taking) => taking.granted);

test('two cores count as one', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const cores = [await startStoreCore(t, 'core1'), await startStoreCore(t, 'core2')] as const;
  for (const core of cores) {
    await core.use({ url: redis.url });
    await until(core.isUp);
  }
  const [one, other] = cores.map(({ store }) => store.traffic.authorizations);
  assert.deepEqual(granted(await takeAll(one!, 2)), [true, true]);
  assert.deepEqual(granted(await takeAll(other!, 2)), [true, false]);
  const [last] = await takeAll(one!, 1);
  assert.equal(last?.granted, false);
});

test('a store that dies leaves each core with its own count, and hears of it when it is back', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const core = await startStoreCore(t);
  await core.use({ url: redis.url });
  await until(core.isUp);
  const counts = core.store.traffic.authorizations;
  assert.deepEqual(granted(await takeAll(counts, 2)), [true, true]);
  await redis.kill();
  assert.deepEqual(granted(await takeAll(counts, 2)), [true, false], 'what it granted itself counts on');
  assert.equal(await core.isUp(), false);

  await redis.start();
  await until(core.isUp);
  await until(async () => (await redis.client.llen('fairlead:{lab}:authorizations:ada')) === 1);
  const other = await startStoreCore(t, 'core2');
  await other.use({ url: redis.url });
  await until(other.isUp);
  assert.deepEqual(granted(await takeAll(other.store.traffic.authorizations, 3)), [true, true, false]);
});

test('a store that hangs is not waited for, and what it counted after all is counted once', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const core = await startStoreCore(t);
  await core.use({ url: redis.url });
  await until(core.isUp);
  const counts = core.store.traffic.authorizations;
  redis.freeze();
  const [taking] = await takeAll(counts, 1);
  assert.equal(taking?.granted, true);
  assert.equal(await core.isUp(), false, 'nobody else asks it');
  redis.thaw();
  await until(core.isUp);
  await until(async () => (await redis.client.llen('fairlead:{lab}:authorizations:ada')) === 1);
  assert.deepEqual(granted(await takeAll(counts, 3)), [true, true, false]);
});

test('what is given back while the store is away is never told to it', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const core = await startStoreCore(t);
  await core.use({ url: redis.url });
  await until(core.isUp);
  await redis.kill();
  const [first, second] = await takeAll(core.store.traffic.authorizations, 2);
  assert.ok(first?.granted && second?.granted, 'both are granted');
  await first.giveBack();
  await redis.start();
  await until(core.isUp);
  await until(async () => (await redis.client.llen('fairlead:{lab}:authorizations:ada')) === 1);
  await second.giveBack();
  await until(async () => (await redis.client.exists('fairlead:{lab}:authorizations:ada')) === 0);
});

test(
  'a store that is full, only copies another one, or wants a password nobody has given is away',
  withRedis,
  async (t) => {
    const core = await startStoreCore(t);
    const counts = core.store.traffic.authorizations;
    const full = await RedisProcess.start(t);
    await core.use({ url: full.url });
    await until(core.isUp);
    await full.client.config('SET', 'maxmemory', '1');
    assert.deepEqual(granted(await takeAll(counts, 1, 'ada')), [true]);
    assert.equal(await core.isUp(), false);
    await full.client.config('SET', 'maxmemory', '0');
    await until(core.isUp);

    await full.client.replicaof('127.0.0.1', 1);
    assert.deepEqual(granted(await takeAll(counts, 1, 'bob')), [true]);
    assert.equal(await core.isUp(), false);

    const guarded = await RedisProcess.start(t, '--requirepass', 'right');
    await core.use({ url: guarded.url });
    assert.deepEqual(granted(await takeAll(counts, 1, 'carl')), [true]);
    await core.use(
      { url: guarded.url, passwordRef: { env: 'FAIRLEAD_SECRET_STORE', fingerprint: 'hmac-sha256:00' } },
      'right',
    );
    await until(core.isUp);
  },
);

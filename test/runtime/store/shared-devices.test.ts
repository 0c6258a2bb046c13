import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { until } from '../sip/sip-kit.js';
import { RedisProcess, withRedis } from './redis-process.js';
import { startStoreCore, type StoreCore } from './store-core.js';

async function twoCores(t: TestContext): Promise<{ redis: RedisProcess; cores: readonly [StoreCore, StoreCore] }> {
  const redis = await RedisProcess.start(t);
  const cores = [await startStoreCore(t, 'core1'), await startStoreCore(t, 'core2')] as const;
  for (const core of cores) {
    await core.use({ url: redis.url });
    await until(core.isUp);
  }
  return { redis, cores };
}

async function bothTell(cores: readonly StoreCore[], registered: number, peak: number): Promise<void> {
  const told = () => cores.map(({ store }) => store.clusterDevices());
  const isSo = () => told().every((counts) => counts?.registered === registered && counts.peak === peak);
  await until(isSo, `${registered} devices and a peak of ${peak}`).catch((error: unknown) => {
    throw new Error(`the cores tell ${JSON.stringify(told())}`, { cause: error });
  });
}

test('devices of all cores are counted together, and the peak is that of all', withRedis, async (t) => {
  const { cores } = await twoCores(t);
  const [one, other] = cores;
  one.devices.arrive('a', 'b', 'c');
  await bothTell(cores, 3, 3);
  one.devices.leave('a', 'b', 'c');
  await bothTell(cores, 0, 3);
  other.devices.arrive('d', 'e');
  await bothTell(cores, 2, 3);
});

test('a device that moves counts once, whoever hears of it first', withRedis, async (t) => {
  const { cores } = await twoCores(t);
  const [one, other] = cores;
  one.devices.arrive('a', 'b');
  await bothTell(cores, 2, 2);
  other.devices.arrive('a');
  await bothTell(cores, 2, 2);
  one.devices.leave('a');
  other.devices.arrive('c');
  await bothTell(cores, 3, 3);
});

test('the devices of a core that died leave the count, and come back with it', withRedis, async (t) => {
  const { redis, cores } = await twoCores(t);
  const [one, other] = cores;
  one.devices.arrive('a', 'b');
  other.devices.arrive('c');
  await bothTell(cores, 3, 3);
  await one.stop();
  await redis.client.pexpire('fairlead:{lab}:lease:core1', 1);
  await redis.client.pexpire('fairlead:{lab}:devices:core1', 1);
  await bothTell([other], 1, 3);
  const again = await startStoreCore(t, 'core1');
  again.devices.arrive('b');
  await again.use({ url: redis.url });
  await bothTell([again, other], 2, 3);
});

test('a store that lost everything is told everything again, by every core', withRedis, async (t) => {
  const { redis, cores } = await twoCores(t);
  const [one, other] = cores;
  one.devices.arrive(...Array.from({ length: 1200 }, (_, index) => `device ${index}`));
  other.devices.arrive('c');
  await bothTell(cores, 1201, 1201);
  await redis.client.flushall();
  await until(async () => (await redis.client.scard('fairlead:{lab}:devices:core1')) === 1200);
  await bothTell(cores, 1201, 1201);
  await redis.kill();
  await redis.start();
  await bothTell(cores, 1201, 1201);
});

test('a core that was cut off takes back no device that went to another one meanwhile', withRedis, async (t) => {
  const { redis, cores } = await twoCores(t);
  const [one, other] = cores;
  one.devices.arrive('a', 'b');
  await bothTell(cores, 2, 2);
  await one.use();
  assert.equal(one.store.clusterDevices(), undefined, 'nothing is told without a store');
  other.devices.arrive('a');
  await until(async () => (await redis.client.sismember('fairlead:{lab}:devices:core2', 'a')) === 1);
  await one.use({ url: redis.url });
  await bothTell(cores, 2, 2);
  assert.deepEqual(await redis.client.smembers('fairlead:{lab}:devices:core1'), ['b']);
});

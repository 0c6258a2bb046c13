import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { LabCertificatePaths } from '../../../src/lab/certificates/certificate-paths.js';
import { writeLabCertificates } from '../../../src/lab/certificates/lab-certificates.js';
import { systemClock } from '../../../src/platform/clock.js';
import { until } from '../sip/sip-kit.js';
import { limit, takeAll } from './authorization-contract.js';
import { RedisProcess, withRedis } from './redis-process.js';
import { startScriptedStore } from './scripted-store.js';
import { startStoreCore, type StoreCore } from './store-core.js';

/** Certificates for a store on this machine, which is known as `localhost`. */
async function storeCertificates(t: TestContext): Promise<LabCertificatePaths> {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-store-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const servers = [{ name: 'store', hosts: [{ type: 'dns', value: 'localhost' }] }] as const;
  return await writeLabCertificates(directory, { servers, clients: [], cores: [], nodes: [] }, systemClock);
}

/** Decides by itself, at once, and as the limit says. */
async function countsByItself({ store, isUp }: StoreCore, subject: string): Promise<void> {
  const takings = await takeAll(store.traffic.authorizations, 4, subject);
  assert.deepEqual(
    takings.map(({ granted }) => granted),
    [true, true, true, false],
  );
  assert.equal(await isUp(), false);
}

test('an apply neither waits for a store that is away nor fails because of it', withRedis, async (t) => {
  const core = await startStoreCore(t);
  await core.use({ url: 'redis://127.0.0.1:1' });
  await countsByItself(core, 'ada');
});

test('what answers, but is no store, is away', withRedis, async (t) => {
  const core = await startStoreCore(t);
  await core.use({ url: await startScriptedStore(t, 'HTTP/1.1 400 Bad Request\r\n\r\n') });
  await countsByItself(core, 'ada');
  await core.use({ url: await startScriptedStore(t, '+OK\r\n') });
  await countsByItself(core, 'bob');
  await core.use({ url: await startScriptedStore(t, '*2\r\n:1\r\n*0\r\n') });
  await countsByItself(core, 'carl');
});

test(
  'the same store again keeps its connection, another one is used from the next question on',
  withRedis,
  async (t) => {
    const one = await RedisProcess.start(t);
    const other = await RedisProcess.start(t);
    const core = await startStoreCore(t);
    await core.use({ url: one.url });
    await until(core.isUp);
    const connected = async () =>
      Number(/^total_connections_received:(\d+)/m.exec(await one.client.info('stats'))?.[1]);
    const before = await connected();
    await core.use({ url: one.url });
    await core.store.traffic.authorizations.take('ada', limit);
    assert.equal(await connected(), before);
    await core.use({ url: `${other.url}/3` });
    await until(core.isUp);
    await core.store.traffic.authorizations.take('ada', limit);
    await until(async () => /^db3:keys=/m.test(await other.client.info('keyspace')));
    await core.use();
    await countsByItself(core, 'bob');
  },
);

test(
  'TLS is checked: a store is away unless a declared CA signed its certificate for its name',
  withRedis,
  async (t) => {
    const paths = await storeCertificates(t);
    const redis = await RedisProcess.startTls(t, paths.server('store'));
    const core = await startStoreCore(t);
    const ca = readFileSync(paths.authority.certFile, 'utf8');
    const stranger = readFileSync(paths.unrelatedAuthority.certFile, 'utf8');
    await core.use({ url: redis.url, ca });
    await until(core.isUp);
    await core.use({ url: redis.url });
    await countsByItself(core, 'ada');
    await core.use({ url: redis.url, ca: stranger });
    await countsByItself(core, 'bob');
    await core.use({ url: `rediss://127.0.0.1:${redis.port}`, ca });
    await countsByItself(core, 'carl');
  },
);

test('a user of the store who may do only what is needed is enough', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const rights = ['~fairlead:*', '+@read', '+@write', '+@scripting', '+time'];
  await redis.client.call('ACL', 'SETUSER', 'mra', 'on', '>right', ...rights);
  const core = await startStoreCore(t);
  core.devices.arrive('a');
  const passwordRef = { env: 'FAIRLEAD_SECRET_STORE', fingerprint: 'hmac-sha256:00' };
  await core.use({ url: redis.url, username: 'mra', passwordRef }, 'right');
  await until(() => core.store.clusterDevices()?.registered === 1);
  core.store.traffic.revocations.revoke('ada');
  await until(async () => (await redis.client.xlen('fairlead:{lab}:news')) === 1);
  assert.equal((await core.store.traffic.authorizations.take('ada', limit)).granted, true);
  assert.equal(await redis.client.exists('fairlead:{lab}:authorizations:ada'), 1);
  assert.equal(await core.isUp(), true);
});

test('a store that hangs before it answers anything is left alone, and used once it does', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  redis.freeze();
  const core = await startStoreCore(t);
  await core.use({ url: redis.url });
  await countsByItself(core, 'ada');
  redis.thaw();
  await until(core.isUp);
});

test('a URL that names no host is refused before anything changes', withRedis, async (t) => {
  const core = await startStoreCore(t);
  await assert.rejects(core.use({ url: 'redis://:6379' }), {
    code: 'apply.prepare-failed',
    message: /spec.sharedStore.url/,
  });
});

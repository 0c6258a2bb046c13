import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { labCertificates } from '../access/access-kit.js';
import { until } from '../sip/sip-kit.js';
import { limit, takeAll } from './authorization-contract.js';
import { RedisProcess } from './redis-process.js';
import { startScriptedStore } from './scripted-store.js';
import { startStoreCore, type StoreCore } from './store-core.js';

const paths = await labCertificates();

/** Decides by itself, at once, and as the limit says. */
async function countsByItself({ store, isUp }: StoreCore, subject: string): Promise<void> {
  const takings = await takeAll(store.traffic.authorizations, 4, subject);
  assert.deepEqual(
    takings.map(({ granted }) => granted),
    [true, true, true, false],
  );
  assert.equal(await isUp(), false);
}

test('an apply neither waits for a store that is away nor fails because of it', async (t) => {
  const core = await startStoreCore(t);
  await core.use({ url: 'redis://127.0.0.1:1' });
  await countsByItself(core, 'ada');
});

test('what answers, but is no store, is away', async (t) => {
  const core = await startStoreCore(t);
  await core.use({ url: await startScriptedStore(t, 'HTTP/1.1 400 Bad Request\r\n\r\n') });
  await countsByItself(core, 'ada');
  await core.use({ url: await startScriptedStore(t, '+OK\r\n') });
  await until(core.isUp);
  await countsByItself(core, 'bob');
  await core.use({ url: await startScriptedStore(t, '*2\r\n:1\r\n*0\r\n') });
  await countsByItself(core, 'carl');
});

test('the same store again keeps its connection, another one is used from the next question on', async (t) => {
  const one = await RedisProcess.start(t);
  const other = await RedisProcess.start(t);
  const core = await startStoreCore(t);
  await core.use({ url: one.url });
  await until(core.isUp);
  const connected = async () => Number(/^total_connections_received:(\d+)/m.exec(await one.client.info('stats'))?.[1]);
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
});

test('TLS is checked: a store whose certificate no declared CA signed is away', async (t) => {
  const { certFile, keyFile } = paths.signalling('core1');
  const settings = ['--tls-port', '0', '--tls-cert-file', certFile, '--tls-key-file', keyFile];
  const redis = await RedisProcess.startTls(t, ...settings, '--tls-auth-clients', 'no');
  const core = await startStoreCore(t);
  await core.use({ url: redis.url });
  await countsByItself(core, 'ada');
  const ca = readFileSync(paths.authority.certFile, 'utf8');
  await core.use({ url: redis.url, ca });
  await until(core.isUp);
});

test('a store that hangs before it answers anything is left alone, and used once it does', async (t) => {
  const redis = await RedisProcess.start(t);
  redis.freeze();
  const core = await startStoreCore(t);
  await core.use({ url: redis.url });
  await countsByItself(core, 'ada');
  redis.thaw();
  await until(core.isUp);
});

test('a URL that names no host is refused before anything changes', async (t) => {
  const core = await startStoreCore(t);
  await assert.rejects(core.use({ url: 'redis://:6379' }), { code: 'apply.prepare-failed', message: /spec.sharedStore.url/ });
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { RedisProcess, withRedis } from '../store/redis-process.js';
import { type SceneOptions, SipScene, until } from './sip-kit.js';

const timing = { comeBackJitterMs: 5, retryMs: 50, longestRetryMs: 200, stunIntervalMs: 300, stunPatienceMs: 3000 };
const devices = ['CSFADA', 'CSFBOB', 'CSFCY'] as const;

/** Two edges and two cores, with phones that prefer one edge or the other in turn. */
async function sceneWithPhones(t: TestContext, options: SceneOptions = {}) {
  const scene = await SipScene.of(t, { edges: 2, cores: 2, ...options });
  scene.signIn(devices);
  const phones = devices.map((device) => {
    scene.edges.reverse();
    return scene.phone(device, { timing });
  });
  for (const phone of phones) phone.start();
  for (const phone of phones) await phone.registered();
  return { scene, phones };
}

function told(scene: SipScene): string {
  const nodes = [...scene.edges, ...scene.cores];
  return JSON.stringify(nodes.map(({ name, sip }) => [name, sip.registrations(), sip.clusterRegistrations()]));
}

/** Waits until each node tells the same of the cluster, and the nodes of each role have together what it tells. */
async function allTell(scene: SipScene, current: number, without?: string): Promise<void> {
  const left = (nodes: SipScene['cores']) => nodes.filter(({ name }) => name !== without);
  const sumOf = (nodes: SipScene['cores']) =>
    left(nodes).reduce((sum, { sip }) => sum + sip.registrations().current, 0);
  const isSo = () =>
    sumOf(scene.edges) === current &&
    sumOf(scene.cores) === current &&
    left([...scene.edges, ...scene.cores]).every(({ sip }) => sip.clusterRegistrations().current === current);
  await until(isSo, `${current} devices`).catch((error: unknown) => {
    throw new Error(told(scene), { cause: error });
  });
}

test('every node tells the devices of the whole cluster, whichever edges and cores they came through', async (t) => {
  const { scene, phones } = await sceneWithPhones(t);
  await allTell(scene, 3);
  await phones[0]?.stop();
  await allTell(scene, 2);
});

test('devices that move to the other core when one dies are counted once', async (t) => {
  const { scene } = await sceneWithPhones(t);
  await allTell(scene, 3);
  const dead = scene.cores.find(({ sip }) => sip.registrations().current > 0);
  await dead?.stop();
  await allTell(scene, 3, dead?.name);
});

test('with a shared store every node tells what the store counts, and its peak', withRedis, async (t) => {
  const redis = await RedisProcess.start(t);
  const { scene, phones } = await sceneWithPhones(t, { storeUrl: redis.url });
  await allTell(scene, 3);
  await phones[0]?.stop();
  await allTell(scene, 2);
  const peaks = () => [...scene.edges, ...scene.cores].map(({ sip }) => sip.clusterRegistrations().peak);
  await until(() => peaks().every((peak) => peak === 3), 'a peak of 3');

  await redis.kill();
  await allTell(scene, 2);
  const called = await scene.registrar?.call('csfbob');
  assert.equal(called?.state, 'answered', 'nobody notices');
});

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import type { PhoneOptions } from '../../../src/lab/sip/phone/phone-options.js';
import { SipScene, until } from './sip-kit.js';

const timing = { comeBackJitterMs: 5, retryMs: 20, longestRetryMs: 100, stunIntervalMs: 60_000 };
const loadBalance = { startPercent: 30, stopPercent: 10, minimumRegistrations: 4, reportIntervalSeconds: 1 };
const connectionRate = { mode: 'off' } as const;

function sceneOf(t: TestContext, edges: number, cores: number): Promise<SipScene> {
  return SipScene.of(t, {
    ...{ edges, cores },
    documents: [
      { kind: 'RegistrationFailover', spec: { loadBalance } },
      { kind: 'SipTransport', spec: { connectionRate } },
    ],
  });
}

function devices(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function registered(scene: SipScene, prefix: string, count: number, options: Partial<PhoneOptions>) {
  return Promise.all(devices(prefix, count).map((device) => scene.registered(device, { timing, ...options })));
}

/** Every phone refreshes once. */
async function refresh(scene: SipScene, phones: readonly LabPhone[]): Promise<void> {
  for (const phone of phones) {
    const before = scene.operations.summary().operations;
    phone.start();
    await until(() => scene.operations.summary().operations > before, 'it was answered');
    await phone.registered();
  }
}

function corePlace(phone: LabPhone): string | undefined {
  return /core=([^;>]+)/.exec(phone.learned.routes.join())?.[1];
}

function metric(text: string, name: string): number {
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
}

test('a core that comes back empty gets its share from phones that refresh and follow, and then steering stops', async (t) => {
  const scene = await sceneOf(t, 1, 2);
  const wanted = [devices('SEPA', 4), devices('CSFA', 16)].flat();
  scene.signIn(wanted);
  // The edge keeps what the core granted.
  await scene.core.stop();
  await until(() => scene.edge.links.to('core1')?.isUp === false, 'the edge misses it');
  const standard = await registered(scene, 'SEPA', 4, { capable: false });
  const capable = await registered(scene, 'CSFA', 16, {});
  const back = await scene.startCore('core1', ['core1', 'core2']);
  await until(() => scene.edge.links.to('core1')?.peerState !== undefined, 'it is back');
  await until(async () => metric(await scene.edge.meter.expose(), 'fairlead_sip_steering') === 1, 'the edge steers');
  await refresh(scene, [...standard, ...capable]);
  assert.equal(back.sip.registrations().current, 10, 'half of all');
  assert.deepEqual([...new Set(standard.map(corePlace))], ['core2'], 'who does not follow is not led');
  await until(async () => metric(await scene.edge.meter.expose(), 'fairlead_sip_steering') === 0, 'the edge stopped');
  const places = capable.map(corePlace);
  await refresh(scene, [...standard, ...capable]);
  assert.deepEqual(capable.map(corePlace), places, 'nobody moves any more');
  assert.equal(metric(await scene.edge.meter.expose(), 'fairlead_sip_registrations_moved_total'), 10);
  assert.equal(scene.operations.failures.length, 0, JSON.stringify(scene.operations.failures[0]));
});

test('an edge with too many registrations warns, and phones that heed it leave until the load is even, and stay then', async (t) => {
  const scene = await sceneOf(t, 2, 1);
  const phones = await registered(scene, 'CSFA', 12, { leavesOverloaded: true });
  const [first, second] = scene.edges;
  const counts = () => [first?.sip.registrations().current, second?.sip.registrations().current];
  assert.deepEqual(counts(), [12, 0]);
  const isWarning = async () => metric((await first?.meter.expose()) ?? '', 'fairlead_sip_edges_uneven') === 1;
  await until(isWarning, 'it is overloaded');
  // A phone that was warned heeds it at its next refresh.
  await refresh(scene, phones);
  assert.deepEqual(counts(), [12, 0]);
  await refresh(scene, phones);
  await until(() => counts().join() === '6,6', 'half of them left');
  await until(async () => !(await isWarning()), 'it warns no more');
  const hosts = phones.map(({ target }) => target.flow.host);
  await refresh(scene, phones);
  assert.deepEqual(
    phones.map(({ target }) => target.flow.host),
    hosts,
    'nobody goes back',
  );
  assert.equal(metric((await first?.meter.expose()) ?? '', 'fairlead_sip_overload_warnings_total'), 6);
  assert.equal(metric((await second?.meter.expose()) ?? '', 'fairlead_sip_overload_warnings_total'), 0);
  assert.equal(scene.core.sip.registrations().current, 12);
});

test('an edge that died is no place to send phones to', async (t) => {
  const scene = await sceneOf(t, 2, 1);
  const phones = await registered(scene, 'CSFA', 8, { leavesOverloaded: true });
  await scene.edges[1]?.stop();
  await until(() => scene.core.links.to('edge2')?.isUp === false, 'the core misses it');
  await until(() => scene.edge.links.to('core1')?.peerState?.load.byEdge?.['edge2'] === undefined, 'the edge was told');
  await until(async () => metric(await scene.edge.meter.expose(), 'fairlead_sip_edges_uneven') === 0, 'it looked');
  await refresh(scene, phones);
  assert.equal(metric(await scene.edge.meter.expose(), 'fairlead_sip_overload_warnings_total'), 0);
  assert.equal(scene.edge.sip.registrations().current, 8);
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { adminPaths } from '../../src/admin/contract.js';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import { newEstatePhones } from '../../src/lab/estate/estate-phones.js';
import type { LabPhone } from '../../src/lab/sip/phone/lab-phone.js';
import type { PhoneCrowd } from '../../src/lab/sip/phone/phone-crowd.js';
import { systemClock as clock } from '../../src/platform/clock.js';
import { isRecord } from '../../src/model/json.js';
import { type Rig, rigOfFile, until } from './rig.js';

const phones = 16;
const timing = { stunIntervalMs: 500, stunPatienceMs: 3000, comeBackJitterMs: 50, retryMs: 100, longestRetryMs: 500 };
let crowd: PhoneCrowd;

async function ready(one: Rig): Promise<void> {
  await one.startReconciler();
  crowd = await newEstatePhones(one.estate, { phones, timing, clock });
  await crowd.start();
  await crowd.untilRegistered();
}

/** That a UC node is down is seen by its keepalives. */
const documents = [authored('RegistrationFailover', 'default', { stunKeepalive: { intervalSeconds: 5 } })];
const rig = rigOfFile(ready, { edges: 2, cores: 2, documents });

after(() => crowd.stop('kill'));

async function countOf(node: string, name: string): Promise<number | undefined> {
  const answer = await (await rig().cluster.admin(node)).get(adminPaths.status).catch(() => undefined);
  const counts = isRecord(answer?.body) ? answer.body['counts'] : undefined;
  const count = isRecord(counts) ? counts[name] : undefined;
  return typeof count === 'number' ? count : undefined;
}

async function sumOf(nodes: readonly { readonly name: string }[]): Promise<number> {
  const counts = await Promise.all(nodes.map(({ name }) => countOf(name, 'registrations')));
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** Each phone counts once on the edges, once on the cores, and once in what every node that runs says of the cluster. */
async function counted(): Promise<void> {
  const { layout, nodes } = rig().estate;
  const running = nodes.filter(({ name }) => rig().estate.node(name).pid !== undefined);
  await until(`${phones} registrations everywhere`, async () => {
    const sums = [await sumOf(layout.edges), await sumOf(layout.cores)];
    const told = await Promise.all(running.map(({ name }) => countOf(name, 'clusterRegistrations')));
    return [...sums, ...told].every((count) => count === phones) ? true : undefined;
  });
}

function coreOf(phone: LabPhone): string | undefined {
  return /core=([^;>]+)/.exec(phone.learned.routes.join())?.[1];
}

async function reached(device: string): Promise<true | undefined> {
  const { sip } = rig().estate.unifiedCm;
  const call = await sip.call(device);
  if (call.state !== 'answered') return undefined;
  await sip.hangUp(call.id);
  return true;
}

/** The UC side calls each phone until it answers. */
async function allReached(): Promise<void> {
  for (const { device } of crowd.phones) await until(`a call to ${device}`, () => reached(device));
}

async function linked(node: string): Promise<void> {
  await until(`${node} has its links`, async () => {
    const answer = await (await rig().cluster.admin(node)).get(adminPaths.status).catch(() => undefined);
    const links: unknown[] = isRecord(answer?.body) && Array.isArray(answer.body['links']) ? answer.body['links'] : [];
    return links.length > 0 && links.every((link) => isRecord(link) && link['state'] === 'up') ? true : undefined;
  });
}

async function started(node: string): Promise<void> {
  await rig().estate.node(node).start();
  for (const { name } of rig().estate.nodes) await linked(name);
}

async function through(core: string, nobody: string): Promise<void> {
  await until(`all phones come through ${core}`, () => {
    return Promise.resolve(crowd.phones.every((phone) => phone.isRegistered && coreOf(phone) === core) || undefined);
  });
  assert.equal(
    crowd.phones.some((phone) => coreOf(phone) === nobody),
    false,
  );
}

test('phones registered through both edges count once on the edges, the cores, and the cluster', async () => {
  await counted();
  await allReached();
});

test('after SIGKILL of a core every phone is reached through the other one, and the counts are exact', async () => {
  await rig().estate.node('core-2').kill();
  await through('core-1', 'core-2');
  await allReached();
  await counted();
});

test('a core that starts again serves phones whose users signed in before it did', async () => {
  await started('core-2');
  await counted();
  await rig().estate.node('core-1').kill();
  await through('core-2', 'core-1');
  await allReached();
  await counted();
  await started('core-1');
  await counted();
});

test('a core that falls silent loses its phones to the other one, and has none of them when it speaks again', async () => {
  const core = rig().estate.node('core-2');
  core.freeze();
  await through('core-1', 'core-2');
  await allReached();
  core.thaw();
  for (const { name } of rig().estate.nodes) await linked(name);
  await counted();
});

test('after SIGKILL of an edge its phones come through the other one, whatever edge their user signed in by', async () => {
  await rig().estate.node('edge-1').kill();
  await until('all phones are with edge-2', async () => {
    return (await countOf('edge-2', 'registrations')) === phones ? true : undefined;
  });
  await allReached();
  await counted();
});

test('an edge that starts again knows the grants that cores gave while it was away', async () => {
  await started('edge-1');
  await rig().estate.node('edge-2').kill();
  await until('all phones are with edge-1', async () => {
    return (await countOf('edge-1', 'registrations')) === phones ? true : undefined;
  });
  await allReached();
  await counted();
  await started('edge-2');
});

test('a UC node whose SIP is gone is told to phones, and they come back when it does', async () => {
  const { estate } = rig();
  const [host = ''] = estate.layout.ucHosts;
  crowd.forgetComeBacks();
  await estate.unifiedCm.sip.setFault(host, { type: 'refuse' });
  await until('phones know', () => Promise.resolve(crowd.statistics().losses > 0 || undefined));
  await estate.unifiedCm.sip.setFault(host);
  await until('all are back', () => Promise.resolve(crowd.statistics().registered === phones || undefined));
  await allReached();
  await counted();
});

import { adminPaths } from '../../../admin/contract.js';
import { isRecord } from '../../../model/json.js';
import { newEstatePhones } from '../../estate/estate-phones.js';
import type { PhoneCrowd } from '../../sip/phone/phone-crowd.js';
import { eventually, expect } from '../expect.js';
import { patienceSeconds, type Story } from '../story.js';

const phones = 60;
/** Real phones keep 30 s between their keepalives; nobody wants to wait so long here. */
const keepaliveSeconds = 3;

/** Registrations as a node counts them. */
async function registrationsOf({ cluster }: Story, node: string): Promise<number> {
  const answer = await (await cluster.admin(node)).get(adminPaths.status).catch(() => undefined);
  const counts = isRecord(answer?.body) ? answer.body['counts'] : undefined;
  const count = isRecord(counts) ? counts['registrations'] : undefined;
  return typeof count === 'number' ? count : 0;
}

async function countsOf(story: Story): Promise<string> {
  const names = story.estate.nodes.map(({ name }) => name);
  const counts = await Promise.all(names.map((name) => registrationsOf(story, name)));
  return names.map((name, index) => `${name} ${counts[index] ?? 0}`).join(', ');
}

/** The core that most phones are registered through. */
async function busiestCore(story: Story): Promise<string> {
  const cores = story.estate.layout.cores.map(({ name }) => name);
  const counts = await Promise.all(cores.map((core) => registrationsOf(story, core)));
  return cores[counts.indexOf(Math.max(...counts))] ?? '';
}

async function register(story: Story, crowd: PhoneCrowd): Promise<string> {
  await crowd.start();
  await crowd.untilRegistered(phones, AbortSignal.timeout(patienceSeconds * 1000));
  const onEdge = await registrationsOf(story, 'edge-1');
  expect(onEdge === phones, `the edge counts ${onEdge} instead of ${phones}`);
  return `${phones} phones; registrations: ${await countsOf(story)}`;
}

async function callThem(story: Story, crowd: PhoneCrowd): Promise<string> {
  const { sip } = story.estate.unifiedCm;
  for (const { device } of crowd.phones) {
    const call = await sip.call(device);
    expect(call.state === 'answered', `${device} was not reached: ${call.end ?? call.state}`);
    await sip.hangUp(call.id);
  }
  return `the call manager called each of the ${phones} phones, and each answered`;
}

async function killCore(story: Story, crowd: PhoneCrowd): Promise<string> {
  const core = await busiestCore(story);
  const lost = await registrationsOf(story, core);
  crowd.forgetComeBacks();
  const startMs = story.clock.monotonicMs();
  await story.estate.node(core).kill();
  await eventually(story.clock, `${lost} phones came back`, patienceSeconds, () =>
    Promise.resolve(crowd.statistics().returns >= lost ? true : undefined),
  );
  const seconds = ((story.clock.monotonicMs() - startMs) / 1000).toFixed(1);
  const { comeBack } = crowd.statistics();
  const registering = `registering again took ${Math.round(comeBack.p50Ms)} ms in the median, ${Math.round(comeBack.maxMs)} ms at most`;
  return `SIGKILL of ${core}: its ${lost} phones were back after ${seconds} s (keepalives every ${keepaliveSeconds} s); ${registering}`;
}

async function restartCores({ estate, clock, cluster }: Story): Promise<string> {
  for (const { name } of estate.layout.cores) if (estate.node(name).pid === undefined) await estate.node(name).start();
  await eventually(clock, 'every node serves', patienceSeconds, () => cluster.settled());
  return 'every node serves again';
}

/** Phones register and are called, a core dies under them, and they come back by themselves. */
export async function tellPhones(story: Story): Promise<void> {
  const { narrator, estate, clock } = story;
  narrator.chapter('Phones register, and a core is killed');
  const stunIntervalMs = keepaliveSeconds * 1000;
  const crowd = await newEstatePhones(estate, { phones, timing: { stunIntervalMs }, clock });
  try {
    await narrator.step(`${phones} phones of signed-in users register through edge and core`, () =>
      register(story, crowd),
    );
    await narrator.step('They are called from inside', () => callThem(story, crowd));
    await narrator.step('A core is killed', () => killCore(story, crowd));
    await narrator.step('They are called again', () => callThem(story, crowd));
    await narrator.step('The core starts again', () => restartCores(story));
  } finally {
    await crowd.stop('unregister');
  }
}

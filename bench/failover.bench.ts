// What a crowd of phones with real timing goes through when one of two cores is killed, and how fast a lost link is seen.
import { adminPaths } from '../src/admin/contract.js';
import { authored } from '../src/lab/estate/cluster-documents.js';
import { type Estate, newEstate } from '../src/lab/estate/estate.js';
import { newEstatePhones } from '../src/lab/estate/estate-phones.js';
import type { LabPhone } from '../src/lab/sip/phone/lab-phone.js';
import type { PhoneCrowd } from '../src/lab/sip/phone/phone-crowd.js';
import { isRecord } from '../src/model/json.js';
import { systemClock as clock } from '../src/platform/clock.js';
import { CallPatrol } from './call-patrol.js';
import { printTable, printTarget, printTitle } from './report.js';
import { quantile } from './spread.js';
import { inTemporaryDirectory } from './temporary-directory.js';

const capable = 400;
const standard = 100;
/** Registered so long before the kill: the next refresh is nearly a whole registration away, which is the worst case. */
const settleMs = 10_000;
const limitMs = 180_000;
/** So many of those who lose their core refresh just then. */
const refreshing = 10;
const documents = [authored('SipTransport', 'default', { connectionRate: { mode: 'off' } })];

/** Mixed, since the phones of one user are led to one core. */
function isCapable(index: number): boolean {
  return index % ((capable + standard) / standard) !== 0;
}

function coreOf(phone: LabPhone): string | undefined {
  return /core=([^;>]+)/.exec(phone.learned.routes.join())?.[1];
}

/** Milliseconds of a clock of the day at which an edge saw its link to a core go. */
async function lostAtMs(estate: Estate, edge: string, core: string): Promise<number> {
  const admin = await estate.admin(edge);
  const endMs = clock.monotonicMs() + 20_000;
  while (clock.monotonicMs() < endMs) {
    const { body } = await admin.get(adminPaths.status);
    const links: unknown[] = isRecord(body) && Array.isArray(body['links']) ? body['links'] : [];
    const isOurs = (link: unknown) =>
      isRecord(link) && link['peer'] === core && link['service'] === 'signalling' && link['state'] !== 'up';
    const link = links.find(isOurs);
    if (isRecord(link)) return Date.parse(String(link['since']));
    await clock.sleep(20);
  }
  throw new Error(`${edge} did not miss ${core}`);
}

async function lossTimes(estate: Estate, core: string, sinceMs: number): Promise<readonly number[]> {
  const edges = estate.layout.edges.map(({ name }) => name);
  return (await Promise.all(edges.map((edge) => lostAtMs(estate, edge, core)))).map((atMs) => atMs - sinceMs);
}

/** Refreshes phones at once, and gives the milliseconds until each was registered through another core. */
async function refreshNow(phones: readonly LabPhone[], dead: string): Promise<readonly number[]> {
  const startMs = clock.monotonicMs();
  for (const phone of phones) phone.start();
  const times = new Map<LabPhone, number>();
  while (times.size < phones.length && clock.monotonicMs() - startMs < limitMs) {
    for (const phone of phones) {
      const isBack = phone.isRegistered && coreOf(phone) !== dead;
      if (isBack && !times.has(phone)) times.set(phone, clock.monotonicMs() - startMs);
    }
    await clock.sleep(2);
  }
  return [...times.values()];
}

async function registered(crowd: PhoneCrowd): Promise<void> {
  await crowd.start();
  await crowd.untilRegistered(capable + standard, AbortSignal.timeout(limitMs));
}

interface Figures {
  /** From SIGKILL to a call that arrives, and from the STUN error to it. */
  readonly capable: readonly number[];
  readonly told: readonly number[];
  readonly others: readonly number[];
  /** A REGISTER that meets the dead core. */
  readonly meeting: readonly number[];
  /** Until an edge sees that a core is killed, and that it is silent. */
  readonly reset: readonly number[];
  readonly silent: readonly number[];
  readonly lost: number;
  /** Calls that failed before the kill, and meanwhile to those that lost nothing. */
  readonly failedCalls: number;
}

async function silence(estate: Estate, core: string): Promise<readonly number[]> {
  const frozenAtMs = clock.nowMs();
  estate.node(core).freeze();
  const times = await lossTimes(estate, core, frozenAtMs);
  estate.node(core).thaw();
  return times;
}

async function measure(estate: Estate, crowd: PhoneCrowd): Promise<Figures> {
  await registered(crowd);
  const [dead = '', other = ''] = estate.layout.cores.map(({ name }) => name);
  const following = crowd.phones.filter((_, index) => isCapable(index));
  const lost = following.filter((phone) => coreOf(phone) === dead);
  const [refreshed, waiting] = [lost.slice(0, refreshing), lost.slice(refreshing)];
  // Where one that does not follow is registered shows when it is called.
  const unknown = crowd.phones.filter((_, index) => !isCapable(index));
  const patrol = new CallPatrol(estate.unifiedCm.sip, clock);
  const failedBefore = await patrol.callAll(crowd.phones);
  await clock.sleep(settleMs);
  const [killedAtMs, startMs] = [clock.nowMs(), clock.monotonicMs()];
  await estate.node(dead).kill();
  const reset = await lossTimes(estate, dead, killedAtMs);
  const meeting = await refreshNow(refreshed, dead);
  const load = patrol.callAll(following.filter((phone) => !lost.includes(phone)));
  const reached = await patrol.untilReached([...waiting, ...unknown], startMs, limitMs);
  const failedLoad = await load;
  const ofCapable = waiting.flatMap((phone) => reached.get(phone) ?? []);
  const others = unknown.flatMap((phone) => reached.get(phone) ?? []).filter(({ atOnce }) => !atOnce);
  if (reached.size < waiting.length + unknown.length) throw new Error('a phone did not come back');
  await estate.node(dead).start();
  return {
    capable: ofCapable.map(({ afterMs }) => afterMs),
    told: ofCapable.flatMap(({ afterLossMs }) => afterLossMs ?? []),
    others: others.map(({ afterMs }) => afterMs),
    ...{ meeting, reset, silent: await silence(estate, other) },
    lost: lost.length + others.length,
    failedCalls: failedBefore + failedLoad,
  };
}

function seconds(values: readonly number[], share: number): number {
  return quantile(values, share) / 1000;
}

function report(figures: Figures): void {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['capable: from SIGKILL to a call that arrives', figures.capable],
    ['capable: from the STUN error to a call that arrives', figures.told],
    ['others: from SIGKILL to a call that arrives', figures.others],
    ['a REGISTER that meets the dead core', figures.meeting],
    ['an edge sees the killed core', figures.reset],
    ['an edge sees the silent core', figures.silent],
  ];
  const cells = rows.map(([what, values]) => {
    return [what, String(values.length), ...[0.5, 0.9, 1].map((share) => seconds(values, share).toFixed(2))];
  });
  printTable(['seconds', 'times', 'p50', 'p90', 'max'], cells);
  console.log(`\n${figures.lost} phones lost their core; other calls that failed: ${figures.failedCalls}\n`);
  printTarget('capable, seconds', seconds(figures.capable, 1), '<=', 40);
  printTarget('capable, from the STUN error, seconds', seconds(figures.told, 1), '<=', 5);
  printTarget('others, seconds', seconds(figures.others, 1), '<=', 130);
  printTarget('a REGISTER that meets a dead core, seconds', seconds(figures.meeting, 1), '<', 1);
  printTarget('a silent link, seconds', seconds(figures.silent, 1), '<', 3);
}

printTitle(`SIGKILL of one of two cores: ${capable} capable phones and ${standard} others behind two edges`);
await inTemporaryDirectory(async (directory) => {
  const estate = await newEstate({ directory, edges: 2, cores: 2, documents, environment: process.env, clock });
  await estate.startNodes();
  const { code, stderr } = await estate.run(['apply', '--config', estate.paths.reconcilerConfig]);
  if (code !== 0) throw new Error(stderr);
  const phones = capable + standard;
  const crowd = await newEstatePhones(estate, { phones, isCapable, clock });
  try {
    report(await measure(estate, crowd));
  } finally {
    await crowd.stop('kill');
    await estate.stop();
  }
});

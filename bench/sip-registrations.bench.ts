// Thousands of phones on one edge and one core, each refreshing every 120 s and sending STUN every 30 s: CPU and memory.
import { join } from 'node:path';
import { authored } from '../src/lab/estate/cluster-documents.js';
import { type Estate, newEstate } from '../src/lab/estate/estate.js';
import { newEstatePhones } from '../src/lab/estate/estate-phones.js';
import type { PhoneCrowd } from '../src/lab/sip/phone/phone-crowd.js';
import { systemClock as clock } from '../src/platform/clock.js';
import { activateByHand } from '../test/lab/activate-by-hand.js';
import { cpuSecondsOf, residenceOf } from './process-figures.js';
import { printTable, printTarget, printTitle } from './report.js';
import { storeBytesPerRegistration } from './sip/store-memory.js';
import { inTemporaryDirectory } from './temporary-directory.js';

const phones = Number(process.env['BENCH_SIP_PHONES'] ?? 15_000);
const startsPerSecond = 250;
/** Long enough for a refresh of every phone. */
const steadySeconds = 120;
/** Each measured alone; the loads of the two do not mix. */
const protocols = ['TCP', 'TLS'] as const;
const nodes = ['edge-1', 'core-1'] as const;
/** What keeps limits for strangers out of the way of phones that all come from one address. */
const documents = [
  authored('AuthorizationRateControl', 'default', { maximumAuthorizationsPerPeriod: 0 }),
  authored('HttpTransport', 'default', { connectionRate: { mode: 'off' } }),
  authored('SipTransport', 'default', { connectionRate: { mode: 'off' } }),
];

interface NodeFigures {
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

interface Measured {
  readonly node: string;
  readonly protocol: string;
  readonly cores: number;
  readonly kilobytes: number;
}

async function figuresOf(estate: Estate): Promise<readonly NodeFigures[]> {
  return await Promise.all(
    nodes.map(async (name) => {
      const pid = estate.node(name).pid ?? 0;
      return { cpuSeconds: await cpuSecondsOf(pid), megabytes: (await residenceOf(pid)).megabytes };
    }),
  );
}

/** Refuses figures of phones that did not do what they are counted for. */
function check(crowd: PhoneCrowd, before: Readonly<Record<string, number>>): void {
  const { registered, losses, operations } = crowd.statistics();
  const since = (action: string) => (operations[`${action} ok`] ?? 0) - (before[`${action} ok`] ?? 0);
  console.log(
    `in ${steadySeconds} s: ${since('re-register')} refreshes and ${since('stun')} STUN requests were answered`,
  );
  if (registered !== phones || losses > 0) {
    throw new Error(`${registered} of ${phones} phones are registered: ${JSON.stringify({ losses, operations })}`);
  }
}

async function register(crowd: PhoneCrowd): Promise<void> {
  const patience = AbortSignal.timeout((phones / startsPerSecond) * 4000 + 60_000);
  await crowd.start();
  await crowd.untilRegistered(phones, patience);
}

async function measure(estate: Estate, protocol: 'TCP' | 'TLS'): Promise<readonly Measured[]> {
  const crowd = await newEstatePhones(estate, { phones, protocol, startsPerSecond, clock });
  const empty = await figuresOf(estate);
  await register(crowd);
  await clock.sleep(5000);
  const full = await figuresOf(estate);
  const { operations } = crowd.statistics();
  const before = { ...operations };
  const startMs = performance.now();
  await clock.sleep(steadySeconds * 1000);
  const seconds = (performance.now() - startMs) / 1000;
  const after = await figuresOf(estate);
  check(crowd, before);
  await crowd.stop();
  return nodes.map((node, index) => {
    const [at, from, to] = [empty[index]!, full[index]!, after[index]!];
    const cores = (to.cpuSeconds - from.cpuSeconds) / seconds;
    return { node, protocol, cores, kilobytes: ((to.megabytes - at.megabytes) * 1024) / phones };
  });
}

async function measureApart(directory: string, protocol: 'TCP' | 'TLS'): Promise<readonly Measured[]> {
  const estate = await newEstate({
    directory: join(directory, protocol),
    ...{ documents, environment: process.env, clock, unifiedCmApart: true },
  });
  try {
    await estate.startNodes();
    await activateByHand(estate);
    await estate.unifiedCm.sip.configure({ autoRegistration: true });
    return await measure(estate, protocol);
  } finally {
    await estate.stop();
  }
}

await inTemporaryDirectory(async (directory) => {
  printTitle(`${phones} registrations, a refresh every 120 s and STUN every 30 s, over ${steadySeconds} s`);
  const results: Measured[] = [];
  for (const protocol of protocols) results.push(...(await measureApart(directory, protocol)));
  printTable(
    ['node', 'clients', 'CPU cores', 'kB resident per phone'],
    results.map(({ node, protocol, cores, kilobytes }) => [node, protocol, cores.toFixed(3), kilobytes.toFixed(1)]),
  );
  console.log();
  for (const { node, protocol, cores } of results) printTarget(`${node}, ${protocol} (cores)`, cores, '<', 0.5);
  printTarget('heap per registration in the store (bytes)', storeBytesPerRegistration(), '<', 4096);
});

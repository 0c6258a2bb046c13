// A commit that is applied while ten thousand phones are registered: what they notice, and how long the nodes stand still.
import { adminPaths } from '../src/admin/contract.js';
import { authored } from '../src/lab/estate/cluster-documents.js';
import { type Estate, newEstate } from '../src/lab/estate/estate.js';
import { newEstatePhones } from '../src/lab/estate/estate-phones.js';
import type { PhoneCrowd } from '../src/lab/sip/phone/phone-crowd.js';
import { systemClock as clock } from '../src/platform/clock.js';
import { printTable, printTarget, printTitle } from './report.js';
import { inTemporaryDirectory } from './temporary-directory.js';

const phones = Number(process.env['BENCH_SIP_PHONES'] ?? 10_000);
const startsPerSecond = 250;
const applies = 5;
const nodes = ['edge-1', 'core-1'] as const;
const moreFile = 'clusters/lab/more.yaml';
const documents = [
  authored('AuthorizationRateControl', 'default', { maximumAuthorizationsPerPeriod: 0 }),
  authored('HttpTransport', 'default', { connectionRate: { mode: 'off' } }),
  authored('SipTransport', 'default', { maximumHeaderCount: 200, connectionRate: { mode: 'off' } }),
];

interface Applied {
  readonly seconds: number;
  /** The longest that each node's event loop stood still, in milliseconds. */
  readonly stallsMs: readonly number[];
}

async function apply(estate: Estate): Promise<void> {
  const { code, stderr } = await estate.run(['apply', '--config', estate.paths.reconcilerConfig]);
  if (code !== 0) throw new Error(`apply ended with ${code}: ${stderr}`);
}

/** The metric begins anew with each reading. */
async function longestStallMs(estate: Estate, node: string): Promise<number> {
  const { body } = await (await estate.admin(node)).get(adminPaths.metrics);
  const [, seconds = ''] = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(String(body)) ?? [];
  return Number(seconds) * 1000;
}

async function stallsOf(estate: Estate): Promise<readonly number[]> {
  return await Promise.all(nodes.map((node) => longestStallMs(estate, node)));
}

async function applyChange(estate: Estate, number: number): Promise<Applied> {
  const [before, after] = [`maximumHeaderCount: ${200 - number + 1}`, `maximumHeaderCount: ${200 - number}`];
  await estate.repository.edit(`Allow fewer fields ${number}`, moreFile, before, after);
  await stallsOf(estate);
  const startMs = performance.now();
  await apply(estate);
  return { seconds: (performance.now() - startMs) / 1000, stallsMs: await stallsOf(estate) };
}

function demandWhole(crowd: PhoneCrowd): void {
  const { registered, losses, failedOperations, operations } = crowd.statistics();
  if (registered !== phones || losses + failedOperations > 0) {
    throw new Error(`${registered} of ${phones} are registered: ${JSON.stringify({ losses, operations })}`);
  }
}

async function measure(estate: Estate): Promise<readonly Applied[]> {
  const timing = { stunIntervalMs: 10_000 };
  const crowd = await newEstatePhones(estate, { phones, protocol: 'TCP', startsPerSecond, timing, clock });
  await crowd.start();
  await crowd.untilRegistered(phones, AbortSignal.timeout(300_000));
  const results: Applied[] = [];
  for (let number = 1; number <= applies; number += 1) results.push(await applyChange(estate, number));
  await clock.sleep(12_000);
  demandWhole(crowd);
  console.log(`operations of the phones, none of which failed: ${JSON.stringify(crowd.statistics().operations)}`);
  await crowd.stop();
  return results;
}

await inTemporaryDirectory(async (directory) => {
  printTitle(`${applies} applies over ${phones} registrations with keepalives every 10 s`);
  const estate = await newEstate({ directory, documents, environment: process.env, clock, unifiedCmApart: true });
  try {
    await estate.startNodes();
    await apply(estate);
    const results = await measure(estate);
    printTable(
      ['apply', 'seconds, start of the program included', ...nodes.map((node) => `${node} stood still, ms`)],
      results.map(({ seconds, stallsMs }, index) => [
        String(index + 1),
        seconds.toFixed(2),
        ...stallsMs.map((stall) => stall.toFixed(0)),
      ]),
    );
    const longest = Math.max(...results.flatMap(({ stallsMs }) => stallsMs));
    printTarget('the longest that a node stood still, ms', longest, '<', 1000);
  } finally {
    await estate.stop();
  }
});

// From a push that a webhook tells to nodes that have confirmed it, and where the time goes.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adminPaths } from '../src/admin/contract.js';
import { type Estate, newEstate } from '../src/lab/estate/estate.js';
import { isRecord } from '../src/model/json.js';
import { systemClock } from '../src/platform/clock.js';
import { LogFollower, type LogRecord } from './log-follower.js';
import { ReconcilerClient } from './reconciler-client.js';
import { printTable, printTarget, printTitle } from './report.js';
import { spreadOf, spreadText } from './spread.js';
import { inTemporaryDirectory } from './temporary-directory.js';

const convergeLimitMs = 20_000;
/** Holds what both edges and cores are told. */
const access = 'base/access.yaml';

/** Milliseconds of one push, from the commit on. */
interface Push {
  readonly total: number;
  /** Until the commit was fetched and compiled. */
  readonly read: number;
  /** Until the first node served it. */
  readonly canary: number;
  /** Until all nodes served it. */
  readonly served: number;
  /** Until all nodes had confirmed it. */
  readonly confirmed: number;
}

interface Scene {
  readonly estate: Estate;
  readonly client: ReconcilerClient;
  readonly reconcilerLog: LogFollower;
  readonly nodeLogs: readonly LogFollower[];
}

async function secretOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).trim();
}

function isApplied(record: LogRecord, commit: string): boolean {
  return record['state'] === 'applied' && record['commit'] === commit;
}

function timesOf(records: readonly LogRecord[], cause: string): readonly number[] {
  return records
    .filter((record) => isRecord(record['cause']) && record['cause']['type'] === cause)
    .map((one) => one.time);
}

/** Every node must say of itself that it runs the commit, confirmed. */
async function demandRevision({ estate }: Scene, commit: string): Promise<void> {
  for (const { name } of estate.nodes) {
    const { body } = await (await estate.admin(name)).get(adminPaths.status);
    const runs = isRecord(body) && body['revision'] === commit && body['pending'] === undefined;
    if (!runs) throw new Error(`${name} does not run ${commit}: ${JSON.stringify(body)}`);
  }
}

async function push(scene: Scene, number: number): Promise<Push> {
  const { estate, client, reconcilerLog, nodeLogs } = scene;
  const text = await estate.repository.read(access);
  const limit = /maximumConnections: \d+/.exec(text)?.[0] ?? '';
  const commit = await estate.repository.edit(`Push ${number}`, access, limit, `maximumConnections: ${5000 + number}`);
  const startMs = Date.now();
  await client.push();
  const own = await reconcilerLog.until(commit, (record) => isApplied(record, commit), convergeLimitMs);
  const total = (own.find((record) => isApplied(record, commit))?.time ?? 0) - startMs;
  await demandRevision(scene, commit);
  const records = (await Promise.all(nodeLogs.map((log) => log.read()))).flat();
  const [activated, confirmed] = [timesOf(records, 'activated'), timesOf(records, 'confirmed')];
  return {
    total,
    read: (own.find((record) => record['msg'] === 'a new commit')?.time ?? 0) - startMs,
    canary: Math.min(...activated) - startMs,
    served: Math.max(...activated) - startMs,
    confirmed: Math.max(...confirmed) - startMs,
  };
}

async function openScene(estate: Estate): Promise<Scene> {
  const { paths, layout } = estate;
  // One after another: twenty programs that start at once take each other's processor for longer than a start may take.
  for (const { name } of estate.nodes) await estate.node(name).start();
  await estate.startNodes();
  await estate.reconciler.start();
  const reconcilerLog = await LogFollower.open(estate.reconciler.logFile);
  const head = await estate.repository.head();
  await reconcilerLog.until('the first commit', (record) => isApplied(record, head), 3 * convergeLimitMs);
  const nodeLogs = await Promise.all(estate.nodes.map(({ name }) => LogFollower.open(estate.node(name).logFile)));
  for (const log of nodeLogs) await log.read();
  const [token, secret] = await Promise.all([paths.reconcilerToken, paths.webhookSecret].map(secretOf));
  return { estate, client: new ReconcilerClient(layout.reconcilerPort, token!, secret!), reconcilerLog, nodeLogs };
}

async function measure(directory: string, edges: number, cores: number, pushes: number): Promise<readonly Push[]> {
  const environment = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', HOME: '/dev/null' };
  const size = { edges, cores, unifiedCmApart: true };
  const estate = await newEstate({ directory, environment, clock: systemClock, pollIntervalSeconds: 60, ...size });
  try {
    const scene = await openScene(estate);
    await push(scene, 0);
    const measured: Push[] = [];
    for (let number = 1; number <= pushes; number += 1) measured.push(await push(scene, number));
    await Promise.all([scene.reconcilerLog, ...scene.nodeLogs].map((log) => log.close()));
    return measured;
  } finally {
    await estate.stop();
  }
}

const steps = ['read', 'canary', 'served', 'confirmed', 'total'] as const;
const headings = ['fetched and compiled', 'first node serves', 'all nodes serve', 'all confirmed', 'recorded'];

function rowOf(name: string, pushes: readonly Push[]): readonly string[] {
  return [
    name,
    ...steps.map((step) =>
      spreadText(
        pushes.map((one) => one[step]),
        0,
      ),
    ),
  ];
}

await inTemporaryDirectory(async (directory) => {
  printTitle('From push to converged: milliseconds since the commit, median (least to most)');
  const small = await measure(join(directory, 'small'), 1, 1, 20);
  const large = await measure(join(directory, 'large'), 10, 10, 5);
  printTable(
    ['nodes, pushes', ...headings],
    [rowOf('1 edge + 1 core, 20', small), rowOf('10 edges + 10 cores, 5', large)],
  );
  console.log('');
  printTarget('1 edge + 1 core, median ms', spreadOf(small.map(({ total }) => total)).median, '<', 500);
  printTarget('20 nodes, median ms', spreadOf(large.map(({ total }) => total)).median, '<', 3000);
});

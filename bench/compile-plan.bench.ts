// 10,000 resources in 100 clusters of two nodes: the first plan, the plan after one change, a pass that finds nothing to do.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabRepository } from '../src/lab/estate/lab-repository.js';
import { writeYaml } from '../src/model/yaml/write.js';
import { newLabTls } from '../test/reconciler/lab-nodes.js';
import {
  clusters,
  type FleetCluster,
  type FleetReconciler,
  newFleetReconciler,
  pathOf,
  policyDocument,
  resourcesPerCluster,
  ruleDocument,
  startCluster,
  writeFleetRepository,
} from './fleet.js';
import { LogFollower, type LogRecord } from './log-follower.js';
import { cpuSecondsOf, residenceOf } from './process-figures.js';
import { printTable, printTarget, printTitle } from './report.js';
import { spreadOf, spreadText } from './spread.js';
import { inTemporaryDirectory } from './temporary-directory.js';

const passLimitMs = 60_000;
const coldRounds = 3;
const changeRounds = 15;
const idleRounds = 5;

interface Scene {
  readonly fleet: readonly FleetCluster[];
  readonly repository: LabRepository;
  readonly reconciler: FleetReconciler;
  readonly log: LogFollower;
}

function isPass(record: LogRecord, state: string, commit: string): boolean {
  return record['msg'] === 'pass' && record['state'] === state && record['commit'] === commit;
}

/** Counts how passes of a commit ended until every cluster had one. */
async function allPassed({ log }: Pick<Scene, 'log'>, state: string, commit: string): Promise<readonly LogRecord[]> {
  let count = 0;
  const records = await log.until(
    `${clusters} times ${state}`,
    (record) => {
      if (isPass(record, state, commit)) count += 1;
      return count === clusters;
    },
    passLimitMs,
  );
  return records.filter((record) => isPass(record, state, commit));
}

async function openScene(directory: string, repository: LabRepository, fleet: readonly FleetCluster[]): Promise<Scene> {
  const reconciler = await newFleetReconciler(directory, repository.directory);
  reconciler.process.launch();
  return { fleet, repository, reconciler, log: await LogFollower.open(reconciler.process.logFile) };
}

async function close({ reconciler, log }: Scene): Promise<void> {
  await reconciler.process.stop();
  await log.close();
}

/** From the start of the program, with nothing kept, to the last of 100 plans; every plan must hold all that is declared. */
async function measureCold(directory: string, repository: LabRepository, fleet: readonly FleetCluster[]) {
  const commit = await repository.head();
  const startMs = Date.now();
  const scene = await openScene(directory, repository, fleet);
  const passes = await allPassed(scene, 'blocked', commit);
  // The core gets everything but Cluster and SyncPolicy, and the edge what concerns it.
  const wrong = passes.find((record) => Number(record['changes']) < resourcesPerCluster - 2);
  if (wrong !== undefined) throw new Error(`a plan of too few changes: ${JSON.stringify(wrong)}`);
  const { peakMegabytes } = await residenceOf(scene.reconciler.process.pid ?? 0);
  const cpuSeconds = await cpuSecondsOf(scene.reconciler.process.pid ?? 0);
  await close(scene);
  return { seconds: (Math.max(...passes.map(({ time }) => time)) - startMs) / 1000, cpuSeconds, peakMegabytes };
}

async function setSuspended(repository: LabRepository, fleet: readonly FleetCluster[], isSuspended: boolean) {
  const policy = policyDocument(isSuspended);
  const files = fleet.map(({ name }) => [pathOf(name, policy), writeYaml(policy)] as const);
  return await repository.commit(isSuspended ? 'Suspend' : 'Resume', Object.fromEntries(files));
}

/** One rule of one cluster changes; milliseconds from the commit to the plan, which must hold that change alone. */
async function measureChange(scene: Scene, round: number): Promise<number> {
  const { fleet, repository, reconciler, log } = scene;
  const passesBefore = await reconciler.client.passes();
  const cluster = fleet[round]!;
  const rule = ruleDocument(round, `Opens it since round ${round}`);
  const commit = await repository.commit('Change a rule', { [pathOf(cluster.name, rule)]: writeYaml(rule) });
  const startMs = Date.now();
  await reconciler.client.push();
  const isPlan = (record: LogRecord) => isPass(record, 'blocked', commit) && record['cluster'] === cluster.name;
  const plan = (await log.until('the plan', isPlan, passLimitMs)).find(isPlan);
  if (plan?.['changes'] !== 1) throw new Error(`not one change: ${JSON.stringify(plan)}`);
  await settled(scene, passesBefore);
  return plan.time - startMs;
}

/** Waits until a pass over every cluster has ended after those before, so that none of them disturbs what comes next. */
async function settled({ reconciler }: Scene, passesBefore: number): Promise<void> {
  const limitMs = performance.now() + passLimitMs;
  while ((await reconciler.client.passes()) < passesBefore + clusters) {
    if (performance.now() > limitMs) throw new Error('not every cluster was passed over');
    await sleep(100);
  }
}

/** A look at everything that finds nothing to do: CPU milliseconds of the daemon and its children per 100 nodes. */
async function measureIdle(scene: Scene): Promise<number> {
  const { process: daemon, client } = scene.reconciler;
  const [passesBefore, cpuBefore] = [await client.passes(), await cpuSecondsOf(daemon.pid ?? 0)];
  await client.push();
  await settled(scene, passesBefore);
  return (((await cpuSecondsOf(daemon.pid ?? 0)) - cpuBefore) * 1000 * 100) / (2 * clusters);
}

async function repeat(rounds: number, run: (round: number) => Promise<number>): Promise<readonly number[]> {
  const results: number[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await run(round));
  return results;
}

async function measureWarm(scene: Scene) {
  await allPassed(scene, 'applied', await scene.repository.head());
  const idle = await repeat(idleRounds, () => measureIdle(scene));
  const suspended = await setSuspended(scene.repository, scene.fleet, true);
  await scene.reconciler.client.push();
  await scene.log.until('the suspension', (record) => record['msg'] === 'a new commit', passLimitMs);
  await measureIdle(scene);
  if ((await scene.repository.head()) !== suspended) throw new Error('somebody else commits');
  const change = await repeat(changeRounds, (round) => measureChange(scene, round));
  return { idle, change, residence: await residenceOf(scene.reconciler.process.pid ?? 0) };
}

await inTemporaryDirectory(async (directory) => {
  printTitle(`${clusters * resourcesPerCluster} resources in ${clusters} clusters, a file each, ${2 * clusters} nodes`);
  const tls = await newLabTls();
  const fleet: FleetCluster[] = [];
  for (let number = 0; number < clusters; number += 1) fleet.push(await startCluster(number, tls));
  const repository = await writeFleetRepository(join(directory, 'repository'), fleet, tls.ca);
  await setSuspended(repository, fleet, true);
  const cold = [];
  for (let round = 0; round < coldRounds; round += 1)
    cold.push(await measureCold(join(directory, `cold-${round}`), repository, fleet));
  await setSuspended(repository, fleet, false);
  const scene = await openScene(join(directory, 'warm'), repository, fleet);
  const { idle, change, residence } = await measureWarm(scene);
  const seconds = cold.map((one) => one.seconds);
  printTable(
    ['figure', 'median (least to most)'],
    [
      ['start to the last of 100 plans, seconds', spreadText(seconds, 2)],
      [
        'CPU of that, seconds',
        spreadText(
          cold.map(({ cpuSeconds }) => cpuSeconds),
          2,
        ),
      ],
      ['one changed file, commit to plan, ms', spreadText(change, 0)],
      ['a pass with nothing to do, CPU ms per 100 nodes', spreadText(idle, 0)],
      [
        'resident memory after 100 applies, MB',
        `${residence.megabytes.toFixed(0)}, at most ${residence.peakMegabytes.toFixed(0)}`,
      ],
    ],
  );
  console.log('');
  printTarget('cold compile and plan, seconds', spreadOf(seconds).median, '<', 4);
  printTarget('one changed file to plan, ms', spreadOf(change).median, '<', 300);
  printTarget('peak resident memory, MB', residence.peakMegabytes, '<', 400);
  await close(scene);
  await Promise.all(fleet.flatMap(({ edge, core }) => [edge.stop(), core.stop()]));
  tls.remove();
});

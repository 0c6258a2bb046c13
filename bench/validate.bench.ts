// Every problem of 20,000 files, beside ajv-cli (a schema and no lines) and spectral (a schema with lines).
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contest } from './contest.js';
import { printTable, printTarget, printTitle } from './report.js';
import { changeOneRule, checkOutAfresh, type RuleFiles, writeRuleFiles } from './rule-files.js';
import { spreadOf, spreadText } from './spread.js';
import { inTemporaryDirectory } from './temporary-directory.js';
import { timeAjv, timeFairlead, timeSpectral, writeRuleset } from './validators.js';
import type { ProcessTiming } from './whole-process.js';

const files = 20_000;
const fewFiles = 500;
const rounds = 5;
const spectralRounds = 2;
/** Longer than what a file must have been left alone for its times to be trusted. */
const settleMs = 2_500;

type Timings = ReadonlyMap<string, readonly ProcessTiming[]>;

function walls(timings: Timings, name: string): readonly number[] {
  return (timings.get(name) ?? []).map(({ wallSeconds }) => wallSeconds);
}

function medianWall(timings: Timings, name: string): number {
  return spreadOf(walls(timings, name)).median;
}

function printTimings(timings: Timings, base: string): void {
  const rows = [...timings].map(([name, all]) => {
    const cpu = all.map(({ cpuSeconds }) => cpuSeconds);
    const ratio = medianWall(timings, name) / medianWall(timings, base);
    return [name, spreadText(walls(timings, name), 2), spreadText(cpu, 2), ratio.toFixed(2)];
  });
  printTable(['run', 'seconds: median (least to most)', 'CPU seconds', `times ${base}`], rows);
}

/** One repository that nothing touches, and one whose files change. */
async function compareWithAjv(directory: string): Promise<Timings> {
  const still = await writeRuleFiles(join(directory, 'still'), files);
  const moving = await writeRuleFiles(join(directory, 'moving'), files);
  const [cold, warm, changed] = ['cold', 'warm', 'changed'].map((name) => join(directory, `cache-${name}`));
  await sleep(settleMs);
  for (const tree of [still, moving]) await timeFairlead(tree, warm!);
  await timeFairlead(moving, changed!);
  return await contest(rounds, [
    { name: 'ajv-cli', run: () => timeAjv(still, files) },
    { name: 'fairlead, cold', run: () => afresh(cold!, () => timeFairlead(still, cold!)) },
    { name: 'fairlead, nothing changed', run: () => timeFairlead(still, warm!) },
    { name: 'fairlead, after a fresh checkout', run: () => timeCheckout(moving, warm!) },
    { name: 'fairlead, one file changed', run: (round) => timeChanged(moving, changed!, round) },
  ]);
}

async function afresh(directory: string, run: () => Promise<ProcessTiming>): Promise<ProcessTiming> {
  await rm(directory, { recursive: true, force: true });
  return await run();
}

async function timeCheckout(tree: RuleFiles, cache: string): Promise<ProcessTiming> {
  await checkOutAfresh(tree.directory);
  return await timeFairlead(tree, cache);
}

async function timeChanged(tree: RuleFiles, cache: string, round: number): Promise<ProcessTiming> {
  await changeOneRule(tree.directory, round);
  return await timeFairlead(tree, cache);
}

async function compareWithSpectral(directory: string): Promise<Timings> {
  const ruleset = join(directory, 'ruleset.json');
  await mkdir(directory, { recursive: true });
  await writeRuleset(ruleset);
  const few = await writeRuleFiles(join(directory, 'few'), fewFiles);
  const one = await writeRuleFiles(join(directory, 'one'), 1);
  const cache = join(directory, 'cache-few');
  return await contest(spectralRounds, [
    { name: 'spectral, 1 file', run: () => timeSpectral(one, ruleset) },
    { name: `spectral, ${fewFiles} files`, run: () => timeSpectral(few, ruleset) },
    { name: `fairlead, cold, ${fewFiles} files`, run: () => afresh(cache, () => timeFairlead(few, cache)) },
  ]);
}

/** What spectral would take for all files, without its start-up. */
function spectralSeconds(timings: Timings): number {
  const [one, few] = [medianWall(timings, 'spectral, 1 file'), medianWall(timings, `spectral, ${fewFiles} files`)];
  return ((few - one) / (fewFiles - 1)) * files;
}

await inTemporaryDirectory(async (directory) => {
  printTitle(`Validate ${files} one-document files, one of them broken`);
  const byAjv = await compareWithAjv(directory);
  printTimings(byAjv, 'ajv-cli');
  console.log('');
  const bySpectral = await compareWithSpectral(join(directory, 'spectral'));
  printTimings(bySpectral, `spectral, ${fewFiles} files`);
  const ajv = medianWall(byAjv, 'ajv-cli');
  const [cold, warm] = [medianWall(byAjv, 'fairlead, cold'), medianWall(byAjv, 'fairlead, nothing changed')];
  const spectral = spectralSeconds(bySpectral);
  console.log(`\nspectral for ${files} files, from the time per file without its start-up: ${spectral.toFixed(0)} s\n`);
  printTarget('cold, times ajv-cli', cold / ajv, '<=', 2.5);
  printTarget('nothing changed, times faster than ajv-cli', ajv / warm, '>=', 5);
  printTarget('cold, times faster than spectral', spectral / cold, '>=', 20);
});

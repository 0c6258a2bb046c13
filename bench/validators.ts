import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../src/model/json.js';
import type { RuleFiles } from './rule-files.js';
import { type ProcessTiming, timeProcess } from './whole-process.js';

const root = join(import.meta.dirname, '..');
const fairlead = join(root, 'dist', 'cli', 'main.js');
const rule = join(root, 'schemas', 'kinds', 'allow-rule.schema.json');
const common = join(root, 'schemas', 'common.schema.json');

function peer(name: string): string {
  return join(root, 'bench', 'peers', 'node_modules', '.bin', name);
}

function demand(found: boolean, name: string, { output, exitCode }: ProcessTiming): void {
  if (!found) throw new Error(`${name} gave a wrong answer (exit ${exitCode}): ${output.slice(-600)}`);
}

function occurrences(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

/** Times `fairlead validate`, which must find the broken rule and nothing else. */
export async function timeFairlead({ directory, brokenPath }: RuleFiles, cacheDir: string): Promise<ProcessTiming> {
  const command = [process.execPath, fairlead, 'validate', directory, '--format', 'json', '--cache-dir', cacheDir];
  const timing = await timeProcess(command, root);
  const rightly = timing.output.includes(brokenPath) && occurrences(timing.output, /"code":/g) === 1;
  demand(timing.exitCode === 4 && rightly, 'fairlead', timing);
  return timing;
}

/** Times `ajv validate` with the schema of the rules, which must find the broken rule and nothing else. */
export async function timeAjv({ directory, glob, brokenPath }: RuleFiles, files: number): Promise<ProcessTiming> {
  const options = ['--spec=draft2020', '--strict=false', '-s', rule, '-r', common, '-d', glob];
  const timing = await timeProcess([process.execPath, peer('ajv'), 'validate', ...options], directory);
  const { output, exitCode } = timing;
  const rightly = output.includes(`${brokenPath} invalid`) && occurrences(output, / valid$/gm) === files - 1;
  demand(exitCode === 1 && rightly, 'ajv', timing);
  return timing;
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error('a schema is not a mapping');
  return value;
}

/** Writes a ruleset of spectral that has the schema of the rules as its only rule. */
export async function writeRuleset(path: string): Promise<void> {
  const text = (await readFile(rule, 'utf8')).replaceAll('../common.schema.json#', '#');
  const schema = { ...jsonObject(text), $defs: jsonObject(await readFile(common, 'utf8'))['$defs'] };
  const then = { function: 'schema', functionOptions: { schema, allErrors: true } };
  await writeFile(path, JSON.stringify({ rules: { 'allow-rule': { given: '$', severity: 'error', then } } }));
}

/** Times `spectral lint`, which must find the broken rule and nothing else. */
export async function timeSpectral(files: RuleFiles, ruleset: string): Promise<ProcessTiming> {
  const command = [process.execPath, peer('spectral'), 'lint', '--ruleset', ruleset, '--format', 'json', files.glob];
  const timing = await timeProcess(command, files.directory);
  const { output, exitCode } = timing;
  const rightly = output.includes(files.brokenPath) && occurrences(output, /"code":/g) === 1;
  demand(exitCode === 1 && rightly, 'spectral', timing);
  return timing;
}

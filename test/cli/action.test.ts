import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { parse } from 'yaml';
import { isRecord } from '../../src/model/json.js';
import { cliFile, runCli, runProgram, temporaryDirectory } from './cli.js';

interface Step {
  readonly name?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly (Step & { readonly id?: string })[] };
}

function isAction(value: unknown): value is Action {
  return isRecord(value) && isRecord(value['inputs']) && isRecord(value['outputs']) && isRecord(value['runs']);
}

function readAction(): Action {
  const value: unknown = parse(readFileSync('action.yml', 'utf8'));
  assert.ok(isAction(value));
  return value;
}

const action = readAction();
const directory = temporaryDirectory();
const repository = join(directory, 'repository');

/** A repository from the starter, and a `fairlead` on the path as the action would have installed it. */
before(async () => {
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', 'fairlead'), `#!/bin/sh\nexec '${process.execPath}' '${cliFile}' "$@"\n`);
  chmodSync(join(directory, 'bin', 'fairlead'), 0o755);
  assert.equal((await runCli(['init', repository])).code, 0);
});

/** Runs a step of the action as a runner does, with these inputs; gives how it ended and the files it wrote to. */
async function runStep(name: string, inputs: Readonly<Record<string, string>>, bin = join(directory, 'bin')) {
  const step = action.runs.steps.find((one) => one.name === name);
  const { run = '', env = {} } = step ?? {};
  const given = (text: string) =>
    text.replace(
      /\$\{\{ inputs\.([a-z-]+) \}\}/g,
      (_, input: string) => inputs[input] ?? action.inputs[input]!.default,
    );
  const files = { GITHUB_OUTPUT: join(directory, 'output'), GITHUB_STEP_SUMMARY: join(directory, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const end = await runProgram('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
    cwd: repository,
    env: {
      ...files,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, given(value)])),
    },
  });
  const [output, summary] = Object.values(files).map((file) => readFileSync(file, 'utf8'));
  return { ...end, output, summary };
}

const broken = 'clusters/emea/broken.yaml';

async function withBroken<Result>(task: () => Promise<Result>): Promise<Result> {
  writeFileSync(
    join(repository, broken),
    'apiVersion: fairlead.dev/v1\nkind: Domian\nmetadata: { name: example.org }\n',
  );
  return task().finally(() => rmSync(join(repository, broken)));
}

test('every input that a step uses is declared, and every output comes from a step that has an id', () => {
  const text = readFileSync('action.yml', 'utf8');
  const used = new Set([...text.matchAll(/inputs\.([a-z-]+)/g)].map(([, name]) => name));
  assert.deepEqual(used, new Set(Object.keys(action.inputs)));
  const ids = new Set(action.runs.steps.flatMap(({ id }) => id ?? []));
  for (const { value } of Object.values(action.outputs)) {
    assert.ok(ids.has(/steps\.([a-z]+)\.outputs/.exec(value)?.[1] ?? ''), value);
  }
});

test('no step lets an input be part of a script', () => {
  for (const { run = '' } of action.runs.steps) assert.ok(!run.includes('${{'), run);
});

test('the workflow of the starter gives the action only inputs that it has', () => {
  const workflow = readFileSync('examples/starter/.github/workflows/mra.yml', 'utf8');
  const [, given = ''] = /uses: fairlead\/fairlead@.*\n +with:\n((?: +.*\n)+)/.exec(workflow) ?? [];
  const names = [...given.matchAll(/^ +([a-z-]+):/gm)].map(([, name = '']) => name);
  assert.ok(names.length > 0);
  for (const name of names) assert.ok(Object.hasOwn(action.inputs, name), name);
});

test('validating a valid repository is quiet and succeeds', async () => {
  const { code, stdout, output } = await runStep('Validate', {});
  assert.equal(code, 0);
  assert.equal(stdout, '');
  assert.equal(output, 'exit-code=0\n');
});

test('validating an invalid repository annotates the line and fails', async () => {
  const { code, stdout, output } = await withBroken(() => runStep('Validate', {}));
  assert.equal(code, 4);
  assert.match(stdout, /^::error file=clusters\/emea\/broken\.yaml,line=2,.*title=schema\.unknown-kind::/m);
  assert.equal(output, 'exit-code=4\n');
});

test('annotations name files from the root of the workspace, whatever directory is validated', async () => {
  const { stdout } = await withBroken(() => runStep('Validate', { path: 'clusters' }));
  assert.match(stdout, /file=clusters\/emea\/broken\.yaml/);
});

test('SARIF is written beside the annotations', async () => {
  const { code } = await withBroken(() => runStep('Validate', { 'sarif-file': '../problems.sarif' }));
  assert.equal(code, 4);
  const sarif = readFileSync(join(directory, 'problems.sarif'), 'utf8');
  assert.match(sarif, /"version": "2\.1\.0"/);
  assert.match(sarif, /"uri": "clusters\/emea\/broken\.yaml"/);
});

test('a path that is not there is an error, not an invalid repository', async () => {
  const { code, stderr } = await runStep('Validate', { path: 'nowhere' });
  assert.equal(code, 1);
  assert.match(stderr, /could not read .*nowhere/);
});

test('a plan goes into the job summary; one that a guard refuses fails the job', async () => {
  const cluster = join(repository, 'clusters', 'emea', 'cluster.yaml');
  writeFileSync(cluster, readFileSync(cluster, 'utf8').replaceAll(/https:\/\/[a-z0-9.]+:9443/g, 'https://127.0.0.1:9'));
  const secrets = join(repository, '.fairlead', 'secrets');
  mkdirSync(secrets, { recursive: true });
  for (const name of ['edge1', 'core1'])
    writeFileSync(join(secrets, `${name}-admin.token`), 'not-a-real-token', { mode: 0o600 });
  const git = ['-C', repository, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '.'],
    ['commit', '-q', '-m', 'Start'],
  ]) {
    assert.equal((await runProgram('git', [...git, ...args])).code, 0);
  }
  const { code, stderr, output, summary } = await runStep('Plan', { config: 'fairlead.yaml' });
  assert.equal(code, 5, stderr);
  assert.equal(output, 'exit-code=5\n');
  assert.match(summary ?? '', /^### `emea` to `[0-9a-f]{7}`: .*\n\n> \[!CAUTION\]\n> \*\*Blocked\*\* by 2 reasons/);
});

test('a plan with changes does not fail the job, and one that could not be made does', async () => {
  const stub = join(directory, 'stub');
  mkdirSync(stub);
  for (const [planned, expected] of [
    [0, 0],
    [2, 0],
    [1, 1],
    [4, 4],
  ] as const) {
    writeFileSync(join(stub, 'fairlead'), `#!/bin/sh\necho "$@"\nexit ${planned}\n`, { mode: 0o755 });
    const { code, output, summary } = await runStep('Plan', { config: 'my fairlead.yaml' }, stub);
    assert.equal(code, expected);
    assert.equal(output, `exit-code=${planned}\n`);
    assert.equal(summary, 'plan --format markdown --without-secrets --config my fairlead.yaml\n');
  }
});

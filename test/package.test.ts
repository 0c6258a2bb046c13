import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { runProgram, temporaryDirectory } from './cli/cli.js';

const run = promisify(execFile);
const directory = temporaryDirectory();

/** Packs the project as it would be published, and installs it where nothing is. */
before(async () => {
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', directory]);
  const [tarball = 'no tarball'] = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', join(directory, tarball)];
  await run('npm', args, { cwd: directory });
});

function installed(...args: readonly string[]) {
  return runProgram(join(directory, 'node_modules', '.bin', 'fairlead'), args, { cwd: directory });
}

test('an installed package knows its version', async () => {
  const { code, stdout } = await installed('version');
  assert.equal(code, 0);
  assert.match(stdout, /^fairlead \d/);
});

test('an installed package writes a starter repository that is valid as it stands', async () => {
  assert.equal((await installed('init', 'mra')).code, 0);
  const { code, stdout, stderr } = await installed('validate', 'mra');
  assert.equal(stderr, '');
  assert.equal(stdout, 'no problems\n6 files, 1 valid cluster with 9 resources\n');
  assert.equal(code, 0);
});

test('a program can check a resource and read a plan with the types of the package', async () => {
  const program = `
    import { FairleadError, parsePlan, parseResource, validateResource } from 'fairlead';
    import type { AnyResource, Plan, Problem, SchemaProblem } from 'fairlead';
    const document = { apiVersion: 'fairlead.dev/v1', kind: 'Domain', metadata: { name: 'example.com' }, spec: { sip: true } };
    const problems: readonly SchemaProblem[] = validateResource({ ...document, spec: { sipp: true } });
    const resource: AnyResource = parseResource(document);
    const limit: number = resource.kind === 'AuthorizationRateControl' ? resource.spec.ratePeriodSeconds : 0;
    let code = '';
    try {
      const plan: Plan = parsePlan('{}');
      code = plan.id;
    } catch (error) {
      if (error instanceof FairleadError) code = error.code;
    }
    const places: readonly Problem['file'][] = [];
    console.log(JSON.stringify({ problems: problems.map((one) => one.code), limit, code, places }));
  `;
  writeFileSync(join(directory, 'consumer.mts'), program);
  const tsc = resolve('node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  const roots = ['--typeRoots', resolve('node_modules', '@types')];
  const compiled = await runProgram(process.execPath, [tsc, ...options, ...roots, 'consumer.mts'], { cwd: directory });
  assert.equal(compiled.stdout, '');
  assert.equal(compiled.code, 0);
  const { stdout } = await runProgram(process.execPath, ['consumer.mjs'], { cwd: directory });
  assert.equal(stdout, '{"problems":["schema.unknown-field"],"limit":0,"code":"plan.malformed","places":[]}\n');
});

test('the package holds no tests and no sources, and every path it promises is there', async () => {
  const { stdout } = await run('npx', ['--no-install', 'publint', '--strict']);
  assert.match(stdout, /All good!/);
  const names = readdirSync(join(directory, 'node_modules', 'fairlead'));
  assert.deepEqual(
    names.filter((name) => ['src', 'test', 'script', 'bench', 'node_modules'].includes(name)),
    [],
  );
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkDirectory } from '../../../src/reconciler/source/check-directory.js';
import type { SourceCheck } from '../../../src/reconciler/source/source-check.js';
import { blobId } from '../../../src/reconciler/source/directory-tree.js';
import { GitRepository, temporaryDirectory } from './git-repository.js';
import { clusterText, documentText, type Files } from './memory-tree.js';
import { openSource, signal } from './open-source.js';

const domain = (name: string): string => documentText('Domain', name, {});
const files: Files = {
  'emea/cluster.yaml': clusterText('emea'),
  'emea/domain.yaml': domain('example.com'),
  'apac/cluster.yaml': clusterText('apac'),
  'apac/broken.yml': 'kind: Domian\nmetadata: { name: example.org }\n',
  '.github/workflows/ci.yml': 'on: [',
  'README.md': '# not read',
};

interface Rig {
  readonly root: string;
  readonly write: (path: string, content: string | Uint8Array) => void;
  /** Checks as if `ahead` milliseconds had passed since everything was written. */
  readonly check: (ahead?: number) => Promise<SourceCheck>;
  readonly cacheDir: string;
}

function newRig(t: TestContext): Rig {
  const directory = temporaryDirectory(t);
  const [root, cacheDir] = [join(directory, 'root'), join(directory, 'cache')];
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  const check = async (ahead = 60_000) => {
    return await checkDirectory(root, { cacheDir, clock: { nowMs: () => Date.now() + ahead }, signal });
  };
  return { root, write, check, cacheDir };
}

function codesOf({ problems }: SourceCheck): readonly string[] {
  return problems.map(({ file, code }) => `${file} ${code}`);
}

test('a directory is checked as it would be from Git', async (t) => {
  const { root, check } = newRig(t);
  const found = await check();
  const repository = new GitRepository(root);
  repository.commit('All');
  const { result } = await (await openSource(t, temporaryDirectory(t), { url: root })).read(signal);
  assert.deepEqual(found.problems, result.problems);
  assert.deepEqual(found.refused, ['apac']);
  assert.deepEqual(found.clusters, [{ name: 'emea', resources: 2 }]);
  assert.equal(found.files, 4);
});

test('the ids of contents are those of git', () => {
  const input = 'some content\n';
  const id = execFileSync('git', ['hash-object', '--stdin'], { input, encoding: 'utf8' }).trim();
  assert.equal(blobId(Buffer.from(input)), id);
});

test('every change is seen, in a plain directory and in a work tree of git', async (t) => {
  for (const inGit of [false, true]) {
    const { root, write, check } = newRig(t);
    if (inGit) new GitRepository(root).commit('All');
    const before = await check();
    assert.deepEqual(await check(), before);
    const broken = codesOf(before);
    write('emea/domain.yaml', 'kind: [');
    assert.deepEqual(codesOf(await check()), [...broken, 'emea/domain.yaml yaml.syntax']);
    write('emea/domain.yaml', domain('example.net'));
    assert.deepEqual(codesOf(await check()), broken);
    rmSync(join(root, 'emea/domain.yaml'));
    assert.deepEqual((await check()).clusters, [{ name: 'emea', resources: 1 }]);
    renameSync(join(root, 'emea/cluster.yaml'), join(root, 'emea/renamed.yaml'));
    assert.equal((await check()).clusters.length, 1);
    write('apac/broken.yml', domain('example.org'));
    assert.deepEqual(codesOf(await check()), []);
    symlinkSync('broken.yml', join(root, 'apac/link.yaml'));
    assert.deepEqual(codesOf(await check()), ['apac/link.yaml file.symlink']);
  }
});

test('a change that keeps size and time is seen', async (t) => {
  const { root, write, check } = newRig(t);
  const long = domain('example.com');
  write('emea/domain.yaml', long);
  const path = join(root, 'emea/domain.yaml');
  const past = new Date(Date.now() - 3_600_000);
  utimesSync(path, past, past);
  await check();
  writeFileSync(path, long.replace('kind: Domain', 'kind: Domian'));
  utimesSync(path, past, past);
  assert.ok(codesOf(await check()).includes('emea/domain.yaml schema.unknown-kind'));
});

test('what is kept of many files is written anew only when enough of them changed, and every change is seen', async (t) => {
  const { write, check, cacheDir } = newRig(t);
  for (let number = 0; number < 60; number += 1) write(`emea/d${number}.yaml`, domain(`d${number}.example.com`));
  const broken = codesOf(await check());
  const keptFiles = () => readdirSync(cacheDir).filter((name) => name.endsWith('.files'));
  const kept = () => keptFiles().map((name) => readFileSync(join(cacheDir, name), 'utf8'));
  const before = kept();
  for (const [number, ending] of ['invalid: [', 'kind: Domian', ''].entries()) {
    write('emea/d7.yaml', `# ${number}\n${domain('d7.example.com')}${ending}`);
    assert.equal(codesOf(await check()).length, broken.length + Number(ending !== ''));
    assert.deepEqual(kept(), before);
  }
  for (let number = 0; number < 30; number += 1) write(`emea/d${number}.yaml`, domain(`new${number}.example.com`));
  assert.deepEqual(codesOf(await check()), broken);
  assert.notDeepEqual(kept(), before);
});

const oddTexts: Files = {
  'emea/anchors.yaml': 'kind: &k Domain\nmetadata: { name: a.example.com }\nspec: {}\n# *k\n',
  'emea/alias.yaml': 'apiVersion: fairlead.dev/v1\nkind: Domain\nmetadata: &m { name: b.example.com }\nspec: *m\n',
  'emea/merge.yaml': 'apiVersion: fairlead.dev/v1\nkind: Domain\nmetadata: { <<: { name: c.example.com } }\nspec: {}\n',
  'emea/several.yaml': `# first\n${domain('d.example.com')}---\n---\n# last\n${domain('e.example.com')}...\n`,
  'emea/directive.yaml': `%YAML 1.1\n---\n${domain('f.example.com')}`,
  'emea/tag.yaml': `!odd\n${domain('g.example.com')}`,
  'emea/twice.yaml': `${domain('h.example.com')}kind: Domain\n`,
  'emea/mark.yaml': `\ufeff${domain('i.example.com')}`,
  'emea/alone.yaml': '# nothing but this\n',
  'emea/again.yaml': domain('example.com'),
};

test('odd files give the same whether they are read, kept, or known by their entry alone', async (t) => {
  const { root, write, check } = newRig(t);
  const fresh = async () => await checkDirectory(root, { clock: { nowMs: () => Date.now() }, signal });
  for (const [path, text] of Object.entries(oddTexts)) write(path, text);
  assert.deepEqual(await check(), await fresh());
  for (const path of Object.keys(oddTexts)) {
    write(path, domain('replaced.example.com'));
    assert.deepEqual(await check(), await fresh(), path);
    write(path, oddTexts[path] ?? '');
    assert.deepEqual(await check(), await fresh(), path);
  }
});

test('a change right after a check is seen, however coarse the clock of the file system', async (t) => {
  const { write, check } = newRig(t);
  await check(0);
  write('emea/domain.yaml', 'kind: [');
  assert.ok(codesOf(await check(0)).includes('emea/domain.yaml yaml.syntax'));
});

test('a cache that is torn, foreign or gone costs time and nothing else', async (t) => {
  const { check, cacheDir } = newRig(t);
  const found = await check();
  for (const damage of ['truncate', 'garbage', 'edit', 'remove'] as const) {
    for (const name of readdirSync(cacheDir)) {
      const path = join(cacheDir, name);
      const content = readFileSync(path, 'utf8');
      if (damage === 'truncate') writeFileSync(path, content.slice(0, content.length / 2));
      if (damage === 'garbage') writeFileSync(path, 'garbage');
      if (damage === 'edit') writeFileSync(path, content.replace('"problems":[', '"problems":[{},'));
      if (damage === 'remove') rmSync(path);
    }
    assert.deepEqual(await check(), found, damage);
  }
});

test('other repositories, links and pipes below a directory are not entered, followed or waited for', async (t) => {
  const { root, write, check } = newRig(t);
  new GitRepository(join(root, 'emea/vendored')).commit('Inner', { 'cluster.yaml': clusterText('inner') });
  symlinkSync('/', join(root, 'emea/everything'));
  execFileSync('mkfifo', [join(root, 'emea/pipe.yaml')]);
  write('apac/broken.yml', '# mended\n');
  const { problems, clusters, refused } = await check();
  assert.deepEqual(
    problems.map(({ file, code }) => `${file} ${code}`),
    ['emea/everything file.symlink', 'emea/vendored file.submodule'],
  );
  assert.deepEqual([clusters.map(({ name }) => name), refused], [['apac'], ['emea']]);
});

test('a file whose name cannot be shown is refused by that name', async (t) => {
  const { root, check } = newRig(t);
  writeFileSync(join(root, 'emea/\u001b[2J.yaml'), domain('example.org'));
  const { problems } = await check();
  assert.deepEqual(problems.filter(({ code }) => code === 'file.path').length, 1);
});

test('a directory that is not there is told', async (t) => {
  const clock = { nowMs: () => 0 };
  await assert.rejects(checkDirectory(join(temporaryDirectory(t), 'nowhere'), { clock, signal }), {
    code: 'source.unreachable',
  });
});

test('a check ends with the reason of its signal', async (t) => {
  const { root } = newRig(t);
  const clock = { nowMs: () => 0 };
  await assert.rejects(checkDirectory(root, { clock, signal: AbortSignal.abort(new Error('stopped')) }), /stopped/);
});

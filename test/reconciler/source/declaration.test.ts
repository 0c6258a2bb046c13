import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotDigest } from '../../../src/model/digest.js';
import { CompileMemory, compileTree } from '../../../src/reconciler/source/compile.js';
import { clusterText, compileFiles, documentText, type Files, memoryTree } from './memory-tree.js';

const signal = new AbortController().signal;

const inheriting: Files = {
  'bases/common/rates.yaml': documentText('AuthorizationRateControl', 'default', {
    maximumAuthorizationsPerPeriod: 5,
    ratePeriodSeconds: 60,
  }),
  'bases/common/rules.yaml': documentText('AllowRule', 'photos', {
    url: 'https://photos.example.com/',
    match: 'prefix',
  }),
  'emea/cluster.yaml': clusterText('emea', ['bases/common']),
  'emea/rates.yaml':
    'kind: AuthorizationRateControl\nmetadata: { name: default }\nspec: { maximumAuthorizationsPerPeriod: 3, ratePeriodSeconds: null }\n',
};

test('a document of the cluster is merged over the inherited one, and null gives the default back', async () => {
  const { clusters, problems } = await compileFiles(inheriting);
  assert.deepEqual(problems, []);
  const rates = clusters.get('emea')?.resources.get('AuthorizationRateControl/default');
  assert.deepEqual(rates?.spec, { maximumAuthorizationsPerPeriod: 3, ratePeriodSeconds: 300 });
});

test('a resource knows where it is written and what it is merged over', async () => {
  const sources = (await compileFiles(inheriting)).clusters.get('emea')?.sources;
  assert.deepEqual(sources?.get('AuthorizationRateControl/default'), {
    path: 'emea/rates.yaml',
    line: 1,
    column: 1,
    inherited: [{ path: 'bases/common/rates.yaml', line: 1, column: 1 }],
  });
  assert.deepEqual(sources.get('AllowRule/photos'), { path: 'bases/common/rules.yaml', line: 1, column: 1 });
});

test('resources are normalized and in the order of their keys, whatever the order of the files', async () => {
  const rule = (name: string) =>
    documentText('AllowRule', name, { url: 'HTTPS://Photos.Example.com:443', match: 'exact' });
  const files = { 'z.yaml': rule('a'), 'a.yaml': rule('b'), 'cluster.yaml': clusterText('emea') };
  const there = (await compileFiles(files)).clusters.get('emea');
  const back = (await compileFiles(Object.fromEntries(Object.entries(files).toReversed()))).clusters.get('emea');
  assert.deepEqual([...(there?.resources.keys() ?? [])], ['AllowRule/a', 'AllowRule/b', 'Cluster/emea']);
  assert.equal(snapshotDigest(there!), snapshotDigest(back!));
  assert.deepEqual(there?.resources.get('AllowRule/a')?.spec, {
    url: 'https://photos.example.com/',
    methods: ['GET', 'POST', 'PUT'],
    match: 'exact',
  });
});

test('bytes that are not UTF-8 are told by their offset and place', async () => {
  const broken = Buffer.concat([
    Buffer.from('kind: Domain\nmetadata: { name: gr'),
    Buffer.from([0xfc]),
    Buffer.from('n }\n'),
  ]);
  const { problems, refused } = await compileFiles({ 'cluster.yaml': clusterText('emea'), 'domain.yaml': broken });
  assert.deepEqual(
    problems.map(({ file, line, column, code, found }) => `${file}:${line}:${column} ${code} ${found}`),
    ['domain.yaml:2:21 file.not-utf8 byte 0xfc at offset 33'],
  );
  assert.deepEqual(refused, ['emea']);
});

test('a file beyond the size limit, and a tree beyond its limits, are problems and never a partial declaration', async () => {
  const limits = { files: 2, fileBytes: 1_000, totalBytes: 10_000 };
  const compile = async (files: Files) => {
    const { tree, readBlobs } = memoryTree(files, limits);
    const result = await compileTree(tree, 'r', { readBlobs, memory: new CompileMemory(), signal });
    return { ...result, codes: result.problems.map(({ code }) => code) };
  };
  const large = await compile({ 'cluster.yaml': clusterText('emea'), 'large.yaml': `# ${'x'.repeat(1_000)}\n` });
  assert.deepEqual([large.codes, [...large.clusters.keys()], large.refused], [['file.too-large'], [], ['emea']]);
  const many = await compile({ 'cluster.yaml': clusterText('emea'), 'b.yaml': '# b\n', 'c.yaml': '# c\n' });
  assert.deepEqual([many.codes, many.clusters.size, many.refused], [['file.too-many'], 0, ['']]);
});

test('a file that two paths share is read once', async () => {
  const text = documentText('Domain', 'example.com', {});
  const files = {
    'a/cluster.yaml': clusterText('a'),
    'b/cluster.yaml': clusterText('b'),
    'a/d.yaml': text,
    'b/d.yaml': text,
  };
  const { tree, readBlobs, asked } = memoryTree(files);
  const { clusters } = await compileTree(tree, 'r', { readBlobs, memory: new CompileMemory(), signal });
  assert.deepEqual([...clusters.keys()], ['a', 'b']);
  assert.equal(asked.length, 3);
});

test('after a change only its file is read, and clusters that it does not concern keep their resources', async () => {
  const memory = new CompileMemory();
  const files: Files = {
    ...inheriting,
    'apac/cluster.yaml': clusterText('apac'),
    'apac/domain.yaml': documentText('Domain', 'example.org', {}),
  };
  const before = await compileFiles(files, memory, 'r1');
  const { tree, readBlobs, asked } = memoryTree({
    ...files,
    'apac/domain.yaml': documentText('Domain', 'example.net', {}),
  });
  const after = await compileTree(tree, 'r2', { readBlobs, memory, signal });
  assert.equal(asked.length, 1);
  assert.equal(after.clusters.get('emea')?.resources, before.clusters.get('emea')?.resources);
  assert.equal(after.clusters.get('emea')?.revision, 'r2');
  assert.deepEqual([...(after.clusters.get('apac')?.resources.keys() ?? [])], ['Cluster/apac', 'Domain/example.net']);
});

test('a change in a base changes every cluster that inherits it, also over another cluster', async () => {
  const memory = new CompileMemory();
  const files: Files = { ...inheriting, 'stage/cluster.yaml': clusterText('stage', ['emea']) };
  await compileFiles(files, memory);
  const changed = {
    ...files,
    'bases/common/rules.yaml': documentText('AllowRule', 'photos', {
      url: 'https://other.example.com/',
      match: 'prefix',
    }),
  };
  const { clusters } = await compileFiles(changed, memory, 'r2');
  for (const name of ['emea', 'stage']) {
    const rule = clusters.get(name)?.resources.get('AllowRule/photos');
    assert.ok(rule?.kind === 'AllowRule');
    assert.equal(rule.spec.url, 'https://other.example.com/');
  }
});

test('remembering changes nothing: whatever was compiled before, the result is the same', async () => {
  const steps: readonly Files[] = [
    inheriting,
    { ...inheriting, 'emea/rates.yaml': 'kind: [' },
    { ...inheriting, 'emea/extra.yaml': documentText('Maintenance', 'night', { nodes: ['nobody'] }) },
    { ...inheriting, 'bases/common/rules.yaml': '# gone\n' },
    { 'emea/cluster.yaml': clusterText('emea', ['bases/comon']), 'bases/common/rates.yaml': '# empty\n' },
    inheriting,
  ];
  const memory = new CompileMemory();
  for (const files of steps) assert.deepEqual(await compileFiles(files, memory), await compileFiles(files));
});

test('bases over eight steps are inherited, over more they are refused', async () => {
  const chain = (steps: number): Files =>
    Object.fromEntries([
      ['c0/domain.yaml', documentText('Domain', 'example.com', {})],
      ...Array.from(
        { length: steps },
        (_, index) => [`c${index + 1}/cluster.yaml`, clusterText(`c${index + 1}`, [`c${index}`])] as const,
      ),
    ]);
  const short = await compileFiles(chain(8));
  assert.deepEqual(short.problems, []);
  assert.ok(short.clusters.get('c8')?.resources.has('Domain/example.com'));
  const long = await compileFiles(chain(9));
  assert.deepEqual([long.problems.map(({ code }) => code), long.refused], [['base.too-deep'], ['c9']]);
});

import assert from 'node:assert/strict';
import { existsSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { GitRepository, temporaryDirectory } from './git-repository.js';
import { clusterText, documentText } from './memory-tree.js';
import { openSource, signal } from './open-source.js';

const domain = (name: string): string => documentText('Domain', name, {});
const files = { 'emea/cluster.yaml': clusterText('emea'), 'emea/domain.yaml': domain('example.com') };

test('a branch is followed: fetched when it moved, and only then', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  const first = repository.commit('Declare the cluster', files);
  const source = await openSource(t, directory, { url: 'repository' });
  const one = await source.read(signal);
  assert.deepEqual(
    [one.commit.id, one.commit.author, one.commit.subject, one.fetched],
    [first, 'Ada Lovelace', 'Declare the cluster', true],
  );
  assert.ok(one.result.clusters.get('emea')?.resources.has('Domain/example.com'));
  const two = await source.read(signal);
  assert.deepEqual([two.commit.id, two.fetched], [first, false]);
  assert.equal(two.result, one.result);
  const second = repository.commit('Add a domain', { 'emea/second.yaml': domain('example.org') });
  const three = await source.read(signal);
  assert.deepEqual(
    [three.commit.id, three.fetched, three.result.clusters.get('emea')?.revision],
    [second, true, second],
  );
  assert.ok(three.result.clusters.get('emea')?.resources.has('Domain/example.org'));
});

test('a force-pushed branch is followed, too', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  const base = repository.commit('Base', files);
  repository.commit('Wrong', { 'emea/wrong.yaml': 'kind: [' });
  const source = await openSource(t, directory, { url: 'repository' });
  assert.deepEqual((await source.read(signal)).result.refused, ['emea']);
  repository.git('reset', '--quiet', '--hard', base);
  const reading = await source.read(signal);
  assert.deepEqual([reading.commit.id, reading.result.problems], [base, []]);
});

test('a tag, an annotated tag, a full ref and a commit are followed', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  const old = repository.commit('Old', files);
  repository.git('tag', 'light');
  repository.git('tag', '-a', '-m', 'annotated', 'heavy');
  repository.commit('New', { 'emea/domain.yaml': domain('example.org') });
  for (const ref of ['light', 'heavy', 'refs/tags/heavy', old]) {
    const source = await openSource(t, temporaryDirectory(t), { url: repository.directory, ref });
    assert.equal((await source.read(signal)).commit.id, old, ref);
    assert.equal((await source.read(signal)).fetched, false, ref);
  }
});

test('a commit that nobody has is told, and a commit is never asked for again once it is there', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  const old = repository.commit('Old', files);
  repository.commit('New', {});
  const missing = await openSource(t, temporaryDirectory(t), { url: repository.directory, ref: 'a'.repeat(40) });
  await assert.rejects(missing.read(signal), { code: 'source.ref-not-found' });
  const source = await openSource(t, directory, { url: 'repository', ref: old });
  assert.equal((await source.read(signal)).commit.id, old);
  renameSync(repository.directory, `${repository.directory}-away`);
  assert.deepEqual([(await source.read(signal)).commit.id, (await source.read(signal)).fetched], [old, false]);
});

test('a ref that is not there is told with the nearest one, and is found once it is pushed', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  repository.commit('First', files);
  const source = await openSource(t, directory, { url: 'repository', ref: 'mian' });
  await assert.rejects(source.read(signal), (error) => {
    assert.ok(error instanceof FairleadError);
    assert.equal(error.code, 'source.ref-not-found');
    assert.match(error.message, /did you mean main\?/);
    return true;
  });
  repository.git('branch', 'mian');
  assert.equal((await source.read(signal)).commit.id, repository.head());
});

test('a branch whose name looks like an option is a branch and no option', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  const head = repository.commit('First', files);
  repository.git('update-ref', 'refs/heads/--output=victim', head);
  const source = await openSource(t, directory, { url: 'repository', ref: 'refs/heads/--output=victim' });
  assert.equal((await source.read(signal)).commit.id, head);
  for (const parent of [directory, repository.directory]) assert.ok(!existsSync(join(parent, 'victim')));
});

test('only the sub-path is read, and one that is not there is told', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  repository.commit('First', {
    'production/emea/cluster.yaml': clusterText('emea'),
    'staging/broken.yaml': 'kind: [',
    'a b/cluster.yaml': clusterText('odd'),
  });
  const read = async (path: string) =>
    await (await openSource(t, temporaryDirectory(t), { url: repository.directory, path })).read(signal);
  const { result } = await read('production');
  assert.deepEqual([[...result.clusters.keys()], result.problems], [['emea'], []]);
  assert.equal(result.clusters.get('emea')?.sources.get('Cluster/emea')?.path, 'emea/cluster.yaml');
  assert.deepEqual([...(await read('./a b/')).result.clusters.keys()], ['odd']);
  for (const path of ['nowhere', 'staging/broken.yaml', 'stag*']) {
    await assert.rejects(read(path), { code: 'source.path-not-found' }, path);
  }
});

test('links and submodules are refused where a cluster is, and never followed', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  repository.write('emea/cluster.yaml', clusterText('emea'));
  repository.write('apac/cluster.yaml', clusterText('apac'));
  symlinkSync('/etc/passwd', join(repository.directory, 'emea/secret.yaml'));
  symlinkSync('emea', join(repository.directory, 'alias'));
  repository.git('add', '--all');
  repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},emea/module`);
  repository.git('commit', '--quiet', '-m', 'Links');
  const { result } = await (await openSource(t, directory, { url: 'repository' })).read(signal);
  assert.deepEqual(
    result.problems.map(({ file, code, severity }) => [file, code, severity]),
    [
      ['alias', 'file.symlink', 'warning'],
      ['emea/module', 'file.submodule', 'error'],
      ['emea/secret.yaml', 'file.symlink', 'error'],
    ],
  );
  assert.deepEqual([[...result.clusters.keys()], result.refused], [['apac'], ['emea']]);
});

test('each path gets the newest commit that touched it, in one run, merges and a sub-path included', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  const first = repository.commit('Declare', {
    'top/emea/cluster.yaml': clusterText('emea'),
    'top/emea/a.yaml': domain('a.example.com'),
  });
  repository.git('checkout', '--quiet', '-b', 'feature');
  const feature = repository.commit('Change b', { 'top/emea/b.yaml': domain('b.example.com') });
  repository.git('checkout', '--quiet', 'main');
  const main = repository.commit('Change a', { 'top/emea/a.yaml': domain('c.example.com') });
  repository.git('merge', '--quiet', '--no-ff', '-m', 'Merge feature', 'feature');
  const head = repository.head();
  const source = await openSource(t, directory, { url: 'repository', path: 'top' });
  await source.read(signal);
  const paths = ['emea/cluster.yaml', 'emea/a.yaml', 'emea/b.yaml', 'emea/never.yaml'];
  const idsOf = async (some: readonly string[], since?: string) =>
    [...(await source.commitsOf(some, head, since, signal))]
      .map(([path, { id, subject }]) => [path, id, subject])
      .toSorted();
  const everything = [
    ['emea/a.yaml', main, 'Change a'],
    ['emea/b.yaml', feature, 'Change b'],
    ['emea/cluster.yaml', first, 'Declare'],
  ];
  assert.deepEqual(await idsOf(paths), everything);
  const many = Array.from({ length: 200 }, (_, index) => `emea/none-${index}.yaml`);
  assert.deepEqual(await idsOf([...paths, ...many]), everything);
  assert.deepEqual(await idsOf(paths, first), everything.slice(0, 2));
  assert.deepEqual(
    await idsOf(paths, 'f'.repeat(40)),
    everything,
    'a commit that the mirror does not have limits nothing',
  );
});

test('many who ask for commits at once get their own paths each, and one who gives up harms nobody', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  const head = repository.commit('Declare', files);
  const source = await openSource(t, directory, { url: 'repository' });
  await source.read(signal);
  const leaving = new AbortController();
  const gone = source.commitsOf(Object.keys(files), head, undefined, leaving.signal);
  const others = Object.keys(files).map((path) => source.commitsOf([path], head, undefined, signal));
  leaving.abort(new Error('no longer interested'));
  await assert.rejects(gone, /no longer interested/);
  assert.deepEqual(
    (await Promise.all(others)).map((found) => [...found].map(([path, { id }]) => [path, id])),
    Object.keys(files).map((path) => [[path, head]]),
  );
});

test('a commit cannot steer a terminal by its subject or author', async (t) => {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  repository.write('emea/cluster.yaml', clusterText('emea'));
  repository.git('add', '--all');
  repository.git(
    '-c',
    'i18n.commitEncoding=UTF-8',
    'commit',
    '--quiet',
    '--cleanup=verbatim',
    '--author',
    'Eve\u001b[2J <e@example.com>',
    '-m',
    'x\u001b]0;title\u0007\u202e',
  );
  const { commit } = await (await openSource(t, directory, { url: 'repository' })).read(signal);
  assert.doesNotMatch(`${commit.author}${commit.subject}`, /[\p{Cc}\p{Cf}]/u);
});

test('an abort ends a reading with its reason, and the next reading works', async (t) => {
  const directory = temporaryDirectory(t);
  new GitRepository(join(directory, 'repository')).commit('First', files);
  const source = await openSource(t, directory, { url: 'repository' });
  const abort = new AbortController();
  const reading = source.read(abort.signal);
  abort.abort(new Error('stopped'));
  await assert.rejects(reading, /stopped/);
  assert.equal((await source.read(signal)).result.clusters.size, 1);
});

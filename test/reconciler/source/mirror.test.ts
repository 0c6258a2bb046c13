import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Source } from '../../../src/reconciler/source/source.js';
import { GitRepository, temporaryDirectory } from './git-repository.js';
import { clusterText, documentText } from './memory-tree.js';
import { openSource, signal } from './open-source.js';

const files = {
  'emea/cluster.yaml': clusterText('emea'),
  'emea/domain.yaml': documentText('Domain', 'example.com', {}),
};

interface Rig {
  readonly directory: string;
  readonly repository: GitRepository;
  readonly reopen: () => Promise<Source>;
  readonly mirror: () => string;
}

async function newRig(t: TestContext): Promise<Rig> {
  const directory = temporaryDirectory(t);
  const repository = new GitRepository(join(directory, 'repository'));
  repository.commit('First', files);
  let open: Source | undefined;
  const reopen = async () => {
    await open?.close();
    open = await openSource(t, directory, { url: 'repository' });
    return open;
  };
  await (await reopen()).read(signal);
  const parent = join(directory, 'state', 'source');
  const mirror = () => join(parent, readdirSync(parent).find((name) => name.endsWith('.git'))!);
  return { directory, repository, reopen, mirror };
}

function objectFiles(mirror: string): readonly string[] {
  const names = readdirSync(join(mirror, 'objects'), { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(mirror, 'objects', name)).filter((path) => statSync(path).isFile());
}

const damages: readonly (readonly [string, (mirror: string) => void])[] = [
  ['every object is truncated', (mirror) => objectFiles(mirror).forEach((path) => truncateSync(path, 5))],
  ['every object is gone', (mirror) => rmSync(join(mirror, 'objects'), { recursive: true })],
  [
    'an object is garbage',
    (mirror) =>
      objectFiles(mirror)
        .slice(-1)
        .forEach((path) => {
          rmSync(path);
          writeFileSync(path, 'garbage');
        }),
  ],
  ['HEAD is gone', (mirror) => rmSync(join(mirror, 'HEAD'))],
  ['the configuration is garbage', (mirror) => writeFileSync(join(mirror, 'config'), '[[[')],
  ['the followed ref is garbage', (mirror) => writeFileSync(join(mirror, 'refs/fairlead/tip'), 'garbage\n')],
  [
    'the mirror is an empty file',
    (mirror) => {
      rmSync(mirror, { recursive: true });
      writeFileSync(mirror, '');
    },
  ],
];

for (const [what, damage] of damages) {
  test(`a mirror is made anew when ${what}`, async (t) => {
    const { repository, reopen, mirror, directory } = await newRig(t);
    damage(mirror());
    // What was read before must not hide the damage.
    rmSync(join(directory, 'state/source/files.cache'), { force: true });
    const head = repository.commit('Second', { 'emea/domain.yaml': documentText('Domain', 'example.org', {}) });
    const reading = await (await reopen()).read(signal);
    assert.equal(reading.commit.id, head);
    assert.ok(reading.result.clusters.get('emea')?.resources.has('Domain/example.org'));
  });
}

test("locks and half-written packs of a killed git stand in nobody's way", async (t) => {
  const { repository, reopen, mirror } = await newRig(t);
  const leftovers = [
    'config.lock',
    'HEAD.lock',
    'packed-refs.lock',
    'refs/fairlead/tip.lock',
    'objects/pack/tmp_pack_x',
    'gc.pid',
  ];
  for (const name of leftovers) writeFileSync(join(mirror(), name), '1 elsewhere\n');
  const head = repository.commit('Second');
  assert.equal((await (await reopen()).read(signal)).commit.id, head);
  for (const name of leftovers) assert.throws(() => statSync(join(mirror(), name)), { code: 'ENOENT' });
});

test('while the remote is away, the last commit can still be read, after a restart, too', async (t) => {
  const { repository, reopen } = await newRig(t);
  const head = repository.head();
  renameSync(repository.directory, `${repository.directory}-away`);
  const source = await reopen();
  await assert.rejects(source.read(signal), { code: 'source.unreachable' });
  const last = await source.readLast(signal);
  assert.deepEqual(
    [last?.commit.id, last?.fetched, [...(last?.result.clusters.keys() ?? [])]],
    [head, false, ['emea']],
  );
  renameSync(`${repository.directory}-away`, repository.directory);
  assert.equal((await source.read(signal)).commit.id, head);
});

test('a source that was never read has no last commit', async (t) => {
  const source = await openSource(t, temporaryDirectory(t), { url: 'nowhere' });
  assert.equal(await source.readLast(signal), undefined);
  await assert.rejects(source.read(signal), { code: 'source.unreachable' });
});

test('one process has the mirror; what a killed one held is taken over', async (t) => {
  const { directory } = await newRig(t);
  await assert.rejects(openSource(t, directory, { url: 'repository' }), { code: 'state.locked' });
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const otherDirectory = temporaryDirectory(t);
  const lock = join(otherDirectory, 'state/source/lock');
  await (await openSource(t, otherDirectory, { url: 'repository' })).close();
  const start = readFileSync(`/proc/${other.pid!}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  writeFileSync(lock, `${other.pid!} ${start}\n`);
  await assert.rejects(openSource(t, otherDirectory, { url: 'repository' }), { code: 'state.locked' });
  other.kill('SIGKILL');
  await once(other, 'close');
  await openSource(t, otherDirectory, { url: 'repository' });
});

test('the mirror of a source that is no longer followed is removed', async (t) => {
  const { directory, repository, reopen } = await newRig(t);
  await (await reopen()).close();
  const other = new GitRepository(join(directory, 'other'));
  other.commit('Other', files);
  const source = await openSource(t, directory, { url: 'other' });
  assert.equal((await source.read(signal)).commit.id, other.head());
  assert.notEqual(other.head(), repository.head());
  assert.equal(readdirSync(join(directory, 'state/source')).filter((name) => name.endsWith('.git')).length, 1);
});

test('what was read before is not parsed again after a restart, and a torn cache is ignored', async (t) => {
  const { directory, repository, reopen } = await newRig(t);
  const many = Array.from({ length: 600 }, (_, index): readonly [string, string] => [
    `emea/rules/${index}.yaml`,
    documentText('AllowRule', `r${index}`, { url: `https://h${index}.example.com/`, match: 'prefix' }),
  ]);
  repository.commit('Many', Object.fromEntries(many));
  await (await reopen()).read(signal);
  const cache = join(directory, 'state/source/files.cache');
  const kept = readFileSync(cache, 'utf8');
  // A cache that lies would be believed: that it is used shows in what it says.
  const first = await (await reopen()).read(signal);
  assert.equal(first.result.clusters.get('emea')?.resources.size, 602);
  for (const torn of [kept.slice(0, kept.length / 2), kept.replace('h599', 'h000'), '', 'garbage']) {
    writeFileSync(cache, torn);
    const { result } = await (await reopen()).read(signal);
    const rule = result.clusters.get('emea')?.resources.get('AllowRule/r599');
    assert.ok(rule?.kind === 'AllowRule');
    assert.equal(rule.spec.url, 'https://h599.example.com/');
  }
});

test('variables of git in the environment of the program change nothing', async (t) => {
  const { repository, reopen } = await newRig(t);
  const variables = {
    GIT_DIR: '/nonexistent',
    GIT_SSL_CAINFO: '/nonexistent',
    GIT_EXTERNAL_DIFF: '/bin/false',
    GIT_TRACE: '1',
  };
  Object.assign(process.env, variables);
  try {
    assert.equal((await (await reopen()).read(signal)).commit.id, repository.head());
  } finally {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
  }
});

import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { runCli, runProgram, temporaryDirectory } from './cli.js';

const directory = temporaryDirectory();
const repository = join(directory, 'repository');
const domains = join(repository, 'clusters', 'emea', 'domains.yaml');
const fine = 'no problems\n6 files, 1 valid cluster with 9 resources\n';
const typo = 'apiVersion: fairlead.dev/v1\nkind: Domian\nmetadata: { name: example.org }\n';

async function git(...args: readonly string[]): Promise<void> {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  const { code, stderr } = await runProgram('git', ['-C', repository, ...identity, ...args]);
  assert.equal(code, 0, stderr);
}

function validate(...args: readonly string[]) {
  return runCli(['validate', ...args, '--cache-dir', join(directory, 'cache')], { cwd: repository });
}

/** What is said before a change, with it and after its undoing; what was kept must never hide the change. */
async function seen(change: () => void, undo: () => void): Promise<readonly string[]> {
  const first = await validate();
  change();
  const changed = await validate();
  const again = await validate();
  assert.deepEqual(again, changed);
  undo();
  const last = await validate();
  return [first.stdout, changed.stdout, last.stdout];
}

before(async () => {
  cpSync('examples/starter', repository, { recursive: true });
  await git('init', '--quiet', '-b', 'main');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'Start');
});

test('an edit of a committed file is seen, and so is its undoing', async () => {
  const text = readFileSync(domains, 'utf8');
  const change = () => writeFileSync(domains, text.replace('sip: true', 'sip: 17'));
  const [first, changed = '', last] = await seen(change, () => writeFileSync(domains, text));
  assert.equal(first, fine);
  assert.match(changed, /domains\.yaml:5:\d+ error schema\.type/);
  assert.equal(last, fine);
});

test('an edit of a file that is not committed is seen', async () => {
  const file = join(repository, 'clusters', 'emea', 'new.yaml');
  const [, changed = ''] = await seen(
    () => writeFileSync(file, typo),
    () => writeFileSync(file, typo.replace('Domian', 'Domain').concat('spec: { sip: true }\n')),
  );
  assert.match(changed, /new\.yaml:2:7 error schema\.unknown-kind/);
  assert.match((await validate()).stdout, /^no problems\n7 files/);
  rmSync(file);
});

test('a file that is gone, a file that git ignores and a link are seen', async () => {
  const aside = join(directory, 'aside.yaml');
  const base = join(repository, 'base', 'access.yaml');
  const [, gone = ''] = await seen(
    () => renameSync(base, aside),
    () => renameSync(aside, base),
  );
  assert.match(gone, /base\.unknown/);
  const ignored = join(repository, 'clusters', 'emea', 'ignored.yaml');
  writeFileSync(join(repository, '.git', 'info', 'exclude'), 'ignored.yaml\n');
  const [, read = ''] = await seen(
    () => writeFileSync(ignored, typo),
    () => rmSync(ignored),
  );
  assert.match(read, /ignored\.yaml:2:7 error/);
  const link = join(repository, 'clusters', 'emea', 'link.yaml');
  const [, linked = '', last] = await seen(
    () => symlinkSync('domains.yaml', link),
    () => rmSync(link),
  );
  assert.match(linked, /link\.yaml:1:1 error file\.symlink/);
  assert.equal(last, fine);
});

test('git is not relied on for files that it was told not to look at', async () => {
  await git('update-index', '--assume-unchanged', 'clusters/emea/domains.yaml');
  const text = readFileSync(domains, 'utf8');
  const [, changed = ''] = await seen(
    () => appendFileSync(domains, `---\n${typo}`),
    () => writeFileSync(domains, text),
  );
  assert.match(changed, /schema\.unknown-kind/);
  await git('update-index', '--no-assume-unchanged', 'clusters/emea/domains.yaml');
});

test('--ref reads what is committed, whatever the files say', async () => {
  const text = readFileSync(domains, 'utf8');
  writeFileSync(domains, typo);
  const here = await validate();
  assert.equal(here.code, 4);
  assert.deepEqual(await validate('--ref', 'main'), { code: 0, signal: null, stdout: fine, stderr: '' });
  await git('commit', '--quiet', '-a', '-m', 'Break it');
  writeFileSync(domains, text);
  assert.equal((await validate('--ref', 'main')).stdout, here.stdout);
  assert.equal((await validate('--ref', 'main~1')).stdout, fine);
  await git('reset', '--quiet', '--hard', 'main~1');
});

test('--ref reads a bare repository, and a directory inside of one that is not', async () => {
  const bare = join(directory, 'bare.git');
  assert.equal((await runProgram('git', ['clone', '--quiet', '--bare', repository, bare])).code, 0);
  assert.equal((await validate(bare, '--ref', 'main')).stdout, fine);
  assert.match((await validate('base', '--ref', 'main')).stderr, /source\.empty/);
});

test('a ref that is not there, and a directory without history, are errors that say what to do', async () => {
  const unknown = await validate('--ref', 'mian');
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /has no "mian" \[source\.ref-not-found\]\nnext: Correct the ref/);
  const plain = await runCli(['validate', directory, '--no-cache', '--ref', 'main']);
  assert.equal(plain.code, 1);
  assert.match(plain.stderr, /is not in a Git repository: fatal: .*\nnext: Name a Git repository/);
});

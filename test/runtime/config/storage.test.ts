import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { FairleadError } from '../../../src/errors.js';
import { FakeClock } from '../../fake-clock.js';
import { activate, apply, rateControl, startStore, unifiedCm, until } from './store-rig.js';

function refusedWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FairleadError && error.code === code;
}

/** Makes writing a file fail as a full disk does; the returned function frees it again. */
function blockFile(stateDir: string, file: string): () => void {
  const temporary = join(stateDir, `${file}.new`);
  mkdirSync(temporary);
  return () => rmdirSync(temporary);
}

test('nobody else can read the state directory or a file in it', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [unifiedCm('fp-1')], { secrets: { 'fp-1': 'hunter2' } });
  await apply(rig, 'plan-2', [rateControl(5)]);
  await activate(rig, 'plan-3', [rateControl(6)]);
  assert.equal(statSync(rig.stateDir).mode & 0o777, 0o700);
  const files = readdirSync(rig.stateDir);
  for (const file of files) assert.equal(statSync(join(rig.stateDir, file)).mode & 0o777, 0o600, file);
  assert.deepEqual(files.toSorted(), [
    'confirmed.json',
    'confirmed.previous.json',
    'pending.json',
    'receipts.json',
    'secrets.json',
  ]);
});

test('a directory that others could read is closed to them', async (t) => {
  const rig = await startStore(t);
  await rig.store.stop();
  const open = join(rig.stateDir, '..', 'open');
  mkdirSync(open, { mode: 0o755 });
  await startStore(t, { stateDir: open });
  assert.equal(statSync(open).mode & 0o777, 0o700);
});

test('secret values stand in one file only, and only while a revision needs them', async (t) => {
  const rig = await startStore(t);
  const secretsIn = (file: string): readonly string[] =>
    ['hunter2', 'swordfish'].filter((secret) => readFileSync(join(rig.stateDir, file), 'utf8').includes(secret));
  await apply(rig, 'plan-1', [unifiedCm('fp-1')], { secrets: { 'fp-1': 'hunter2' } });
  await activate(rig, 'plan-2', [unifiedCm('fp-2')], { secrets: { 'fp-2': 'swordfish' } });
  assert.deepEqual(secretsIn('secrets.json'), ['hunter2', 'swordfish']);
  await rig.store.confirm('plan-2');
  assert.deepEqual(secretsIn('secrets.json'), ['swordfish']);
  for (const file of readdirSync(rig.stateDir)) if (file !== 'secrets.json') assert.deepEqual(secretsIn(file), []);
  await apply(rig, 'plan-3', [rateControl(5)]);
  assert.deepEqual(secretsIn('secrets.json'), []);
  assert.deepEqual(rig.participant.passwords, ['hunter2', 'swordfish']);
});

test('a secret the node holds is not delivered again, and survives a restart', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [unifiedCm('fp-1')], { secrets: { 'fp-1': 'hunter2' } });
  await apply(rig, 'plan-2', [unifiedCm('fp-1'), rateControl(5)]);
  await rig.store.stop();
  const again = await startStore(t, { stateDir: rig.stateDir });
  assert.deepEqual(again.participant.passwords, ['hunter2']);
});

test('a snapshot without a secret it names, and a secret that nothing names, are refused', async (t) => {
  const rig = await startStore(t);
  await assert.rejects(activate(rig, 'plan-1', [unifiedCm('fp-1')]), (error) => {
    assert.ok(error instanceof FairleadError && error.code === 'secret.unresolved', String(error));
    assert.equal(error.details[0]?.place, 'UnifiedCM/emea/spec/credentials/passwordRef/fingerprint');
    return true;
  });
  const unasked = activate(rig, 'plan-1', [rateControl(5)], { secrets: { 'fp-1': 'hunter2' } });
  await assert.rejects(unasked, refusedWith('node.bad-request'));
});

for (const file of ['secrets.json', 'pending.json']) {
  test(`when ${file} cannot be written, a plan is refused and the old state serves on`, async (t) => {
    const rig = await startStore(t);
    await apply(rig, 'plan-1', [rateControl(5)]);
    const unblock = blockFile(rig.stateDir, file);
    const next = [rateControl(6), unifiedCm('fp-1')];
    const options = { secrets: { 'fp-1': 'hunter2' } };
    await assert.rejects(activate(rig, 'plan-2', next, options), refusedWith('node.storage'));
    assert.deepEqual([rig.participant.limit, rig.store.view().pending], [5, undefined]);
    assert.deepEqual(rig.participant.released.slice(-1), ['plan-2']);
    unblock();
    assert.equal((await activate(rig, 'plan-2', next, options)).state, 'pending');
  });
}

for (const file of ['confirmed.previous.json', 'confirmed.json']) {
  test(`when ${file} cannot be written, a plan stays pending and can be confirmed later`, async (t) => {
    const rig = await startStore(t);
    await apply(rig, 'plan-1', [rateControl(5)]);
    await activate(rig, 'plan-2', [rateControl(6)]);
    const unblock = blockFile(rig.stateDir, file);
    await assert.rejects(rig.store.confirm('plan-2'), refusedWith('node.storage'));
    assert.equal(rig.store.receipt('plan-2').state, 'pending');
    unblock();
    assert.equal((await rig.store.confirm('plan-2')).state, 'confirmed');
  });
}

test('what a peer has confirmed is confirmed as soon as the disk allows it', async (t) => {
  const rig = await startStore(t, { peers: { anyConfirmed: () => Promise.resolve(true) } });
  await activate(rig, 'plan-1', [rateControl(5)], { confirmWithinSeconds: 10 });
  const unblock = blockFile(rig.stateDir, 'confirmed.json');
  const timersBefore = rig.clock.pendingTimers;
  rig.clock.advance(10_000);
  await until(() => rig.clock.pendingTimers === timersBefore);
  assert.equal(rig.store.receipt('plan-1').state, 'pending');
  unblock();
  rig.clock.advance(1_000);
  await until(() => rig.store.view().pending === undefined);
  assert.equal(rig.store.receipt('plan-1').state, 'confirmed');
});

test('when the confirmed file cannot be written, an edit is refused and the old state serves on', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  const unblock = blockFile(rig.stateDir, 'confirmed.json');
  const edit = { action: 'put', resource: rateControl(6), actor: 'ada' } as const;
  await assert.rejects(rig.store.edit(edit), refusedWith('node.storage'));
  assert.deepEqual([rig.participant.limit, rig.store.view().edits], [5, []]);
  unblock();
  await rig.store.stop();
  assert.equal((await startStore(t, { stateDir: rig.stateDir })).participant.limit, 5);
});

test('a revert works on a full disk, and the node says what it could not write', async (t) => {
  const rig = await startStore(t);
  await apply(rig, 'plan-1', [rateControl(5)]);
  await activate(rig, 'plan-2', [rateControl(6)]);
  const unblock = blockFile(rig.stateDir, 'receipts.json');
  assert.equal((await rig.store.revert('plan-2', 'probes failed')).state, 'reverted');
  assert.equal(rig.participant.limit, 5);
  assert.match(rig.store.view().warnings.join(), /could not write .*receipts\.json/);
  assert.equal(existsSync(join(rig.stateDir, 'pending.json')), false);
  unblock();
  await rig.store.stop();
  const again = await startStore(t, { stateDir: rig.stateDir, clock: new FakeClock(rig.clock.nowMs()) });
  assert.equal(again.participant.limit, 5);
});

test('a snapshot that the file system has no room for is refused, and the node goes on', async (t) => {
  const { stateDir, store } = await startStore(t);
  await store.stop();
  const child = join(import.meta.dirname, 'full-disk-child.ts');
  // Blocks of 1024 bytes in bash; without the trap the signal of the limit ends the process.
  const script = `trap '' XFSZ; ulimit -f 16; exec "$0" --import tsx "$1" "$2"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script, process.execPath, child, stateDir]);
  // What follows is the report of the test runner, which the child did not ask for.
  assert.deepEqual(JSON.parse(stdout.split('\n', 1)[0] ?? ''), { outcome: 'node.storage', limit: 7 });
  assert.equal((await startStore(t, { stateDir })).participant.limit, 7);
});

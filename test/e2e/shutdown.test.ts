import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { LabClient } from '../../src/lab/client/lab-client.js';
import { cliFile } from '../cli/cli.js';
import { rigOfFile, until } from './rig.js';

const access = 'base/access.yaml';
const slowMs = 1500;
const requests = 6;
const clean = { code: 0, signal: null };
const rig = rigOfFile((one) => one.applyHead(), { unifiedCmApart: true });

/** Sends requests that are at a slow UC server when this resolves; `statuses` are what becomes of them. */
async function requestsInFlight(client: LabClient): Promise<{ readonly statuses: Promise<readonly unknown[]> }> {
  const { unifiedCm, layout } = rig().estate;
  const signIn = await client.signIn();
  assert.equal(signIn.operation.status, 200, signIn.operation.error);
  await unifiedCm.forgetRecord();
  for (const host of layout.ucHosts) await unifiedCm.setLatency(host, slowMs);
  const sent = Array.from({ length: requests }, () => client.fetchUds('user/ada/devices'));
  await until('all requests wait at the UC server', async () => {
    const { counts } = await unifiedCm.record();
    return counts.byResource.devices === requests ? counts : undefined;
  });
  for (const host of layout.ucHosts) await unifiedCm.setLatency(host, 0);
  return {
    statuses: Promise.all(sent).then((ends) => ends.map(({ operation }) => operation.status ?? operation.error)),
  };
}

for (const name of ['edge-1', 'core-1']) {
  test(`${name} ends with exit code 0 on SIGTERM, and lets the requests in flight end`, async () => {
    const { estate } = rig();
    const client = estate.newClient({ transport: estate.newTransport(requests) });
    const { statuses } = await requestsInFlight(client);
    const end = await estate.node(name).stop();
    assert.deepEqual(
      await statuses,
      Array.from({ length: requests }, () => 200),
    );
    assert.deepEqual(end, clean);
    await estate.node(name).start();
    await rig().quiet();
  });
}

test('on SIGHUP nodes and reconciler read their files again, and run on', async () => {
  const { estate } = rig();
  await rig().startReconciler();
  for (const program of [estate.node('edge-1'), estate.node('core-1'), estate.reconciler]) {
    const { pid } = program;
    assert.ok(pid !== undefined, `${program.name} runs`);
    process.kill(pid, 'SIGHUP');
    await until(`${program.name} read its files`, async () =>
      (await program.log()).includes('files read again') ? true : undefined,
    );
    assert.equal(program.pid, pid);
  }
  await rig().quiet();
  await estate.reconciler.stop();
});

test('a node that nobody uses ends with exit code 0, also with idle connections of clients', async () => {
  const { estate } = rig();
  const client = estate.newClient();
  await client.signIn();
  for (const { name } of estate.nodes) {
    assert.deepEqual(await estate.node(name).stop(), clean, name);
    await estate.node(name).start();
  }
  await rig().quiet();
});

test('the reconciler ends with exit code 0 on SIGTERM, while it waits and while it applies', async () => {
  const { estate } = rig();
  const before = await estate.repository.head();
  await rig().startReconciler();
  assert.deepEqual(await estate.reconciler.stop(), clean);

  await rig().startReconciler();
  for (const host of estate.layout.ucHosts) await estate.unifiedCm.setLatency(host, slowMs);
  const commit = await estate.repository.edit('Allow four', access, 'PerPeriod: 3', 'PerPeriod: 4');
  await rig().reconciler.push();
  await until('a plan is pending', async () => {
    const views = await rig().cluster.all();
    return views?.some(({ isPending }) => isPending) === true ? views : undefined;
  });
  assert.deepEqual(await estate.reconciler.stop(), clean);
  for (const host of estate.layout.ucHosts) await estate.unifiedCm.setLatency(host, 0);
  const revisions = new Set((await rig().quiet()).map(({ revision }) => revision));
  assert.ok(revisions.has(before) || revisions.has(commit));
  assert.equal(revisions.size, 1, 'it put everything back, or confirmed it, before it ended');
});

test('an apply that is asked to end puts the nodes back, or confirms on all of them, before it does', async () => {
  const { estate } = rig();
  const { unifiedCm, layout, repository, paths } = estate;
  await rig().applyHead();
  const before = await repository.head();
  const text = await repository.read(access);
  const commit = await repository.commit('Allow nine', { [access]: text.replace(/PerPeriod: \d/, 'PerPeriod: 9') });
  for (const host of layout.ucHosts) await unifiedCm.setLatency(host, slowMs);
  const apply = spawn(process.execPath, [cliFile, 'apply', '--config', paths.reconcilerConfig], { stdio: 'ignore' });
  const ended = once(apply, 'exit');
  await until('a plan is pending', async () => {
    const views = await rig().cluster.all();
    return views?.some(({ isPending }) => isPending) === true ? views : undefined;
  });
  apply.kill('SIGTERM');
  await ended;
  const code = apply.exitCode;
  for (const host of layout.ucHosts) await unifiedCm.setLatency(host, 0);
  const revision = (await rig().cluster.node('core-1'))?.revision;
  assert.ok(code === 6 ? revision === before : revision === commit && code === 143, `${String(code)}, ${revision}`);
  assert.ok((await rig().cluster.all())?.every(({ isPending }) => !isPending));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminPaths } from '../../src/admin/contract.js';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import { isRecord } from '../../src/model/json.js';
import { rigOfFile, until } from './rig.js';

const policy = authored('SyncPolicy', 'default', {
  drift: { default: 'correct', kinds: { CredentialCaching: 'report', HttpTransport: 'ignore' } },
  rollout: { confirmDeadlineSeconds: 30 },
  // So rarely that whatever is seen in these tests was seen through the event stream.
  pollIntervalSeconds: 86_400,
});
const rig = rigOfFile((one) => one.startReconciler(), { documents: [policy] });

async function edit(node: string, kind: string, spec: unknown): Promise<void> {
  const admin = await rig().cluster.admin(node);
  const answer = await admin.putResource(authored(kind, 'default', spec));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

async function specOf(node: string, kind: string): Promise<unknown> {
  const admin = await rig().cluster.admin(node);
  const { body } = await admin.get(adminPaths.snapshot);
  const resources: unknown = isRecord(body) ? body['resources'] : [];
  const found: unknown = Array.isArray(resources)
    ? resources.find((one: unknown) => isRecord(one) && one['kind'] === kind)
    : undefined;
  return isRecord(found) ? found['spec'] : undefined;
}

test('an edit by hand is seen through the event stream, put back, and told with who did it', async () => {
  const declared = await rig().cluster.node('core-1');
  await edit('core-1', 'AuthorizationRateControl', { maximumAuthorizationsPerPeriod: 50, ratePeriodSeconds: 300 });
  await until('the edit is put back', async () => {
    const view = await rig().cluster.node('core-1');
    return view?.digest === declared?.digest && view?.isPending === false ? view : undefined;
  });
  const seen = await until('the drift is told', async () => {
    const cluster = await rig().reconciler.cluster();
    return cluster?.events.some((event) => event.startsWith('drift:')) === true ? cluster : undefined;
  });
  const drift = seen.events.find((event) => event.startsWith('drift:')) ?? '';
  assert.match(drift, /AuthorizationRateControl\/default on core-1 was changed by operator at .*; it is put back/);
});

test('where the policy only reports, the edit stays, and status names it for as long as it is there', async () => {
  await edit('core-1', 'CredentialCaching', { refreshIntervalMinutes: 60, cleanupIntervalMinutes: 720 });
  const expected = 'CredentialCaching/default on core-1 by operator, reported';
  await until('the drift is reported', async () => {
    const cluster = await rig().reconciler.cluster();
    return cluster?.drift.includes(expected) === true ? cluster : undefined;
  });
  assert.deepEqual(await specOf('core-1', 'CredentialCaching'), {
    refreshIntervalMinutes: 60,
    cleanupIntervalMinutes: 720,
  });
  const status = await rig().run('status');
  assert.match(status.stdout, /CredentialCaching\/default/);
  assert.match(status.stdout, /operator/);
});

test('where the policy ignores it, the edit stays and is not spoken of', async () => {
  const before = await rig().reconciler.cluster();
  await edit('edge-1', 'HttpTransport', { connectionRate: { mode: 'monitor', perSecond: 100, burst: 20 } });
  await edit('core-1', 'AuthorizationRateControl', { maximumAuthorizationsPerPeriod: 51, ratePeriodSeconds: 300 });
  // A later edit that is corrected shows that the one before it was looked at, too.
  await until('the later edit is put back', async () => {
    const spec = await specOf('core-1', 'AuthorizationRateControl');
    const cluster = await rig().reconciler.cluster();
    const isBack = isRecord(spec) && spec['maximumAuthorizationsPerPeriod'] === 3;
    return isBack && cluster?.outcome?.at !== before?.outcome?.at ? cluster : undefined;
  });
  const cluster = await rig().reconciler.cluster();
  const told = [...(cluster?.drift ?? []), ...(cluster?.events ?? [])];
  assert.deepEqual(
    told.filter((one) => one.includes('HttpTransport')),
    [],
  );
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { LabClient } from '../../src/lab/client/lab-client.js';
import type { Estate } from '../../src/lab/estate/estate.js';
import { type Rig, rigOfFile } from './rig.js';

const unifiedCm = 'clusters/lab/unified-cm.yaml';
const allowList = 'clusters/lab/allow-list.yaml';
const access = 'base/access.yaml';
let client: LabClient;
const rig = rigOfFile(start, { pollIntervalSeconds: 3600 });

/** One client signs in before anything is harmful, and goes on with its token. */
async function start(one: Rig): Promise<void> {
  await one.startReconciler();
  client = one.estate.newClient();
  assert.equal((await client.signIn()).operation.status, 200);
}

async function otherCa({ repository, paths }: Estate): Promise<string> {
  const pem = await readFile(paths.certificates.unrelatedAuthority.certFile, 'utf8');
  const indented = pem.trim().split('\n').join('\n      ');
  const text = await repository.read(unifiedCm);
  return text.replace(/-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----/, indented);
}

interface Harm {
  readonly name: string;
  readonly commit: (estate: Estate) => Promise<string>;
}

const harms: readonly Harm[] = [
  {
    name: 'a publisher that is not there',
    commit: ({ repository, layout }) =>
      repository.edit(
        'Move the publisher',
        unifiedCm,
        `publisher: ${layout.ucHosts[0] ?? ''}`,
        'publisher: cucm-9.lab.example',
      ),
  },
  {
    name: 'a CA that did not sign the publisher',
    commit: async (estate) => estate.repository.commit('Trust another CA', { [unifiedCm]: await otherCa(estate) }),
  },
  {
    name: 'a SIP port on which nobody listens',
    commit: ({ repository, layout }) =>
      repository.edit('Move SIP', unifiedCm, `sipPort: ${layout.ucSipPort}`, 'sipPort: 9'),
  },
  {
    name: 'an allow list that shuts the clients out',
    commit: async ({ repository }) => {
      const text = await repository.read(allowList);
      return repository.commit('Tidy up', { [allowList]: text.replaceAll('/cucm-uds', '/cucm-uds-old') });
    },
  },
];

for (const { name, commit } of harms) {
  test(`${name}: rolled back by itself, remembered, and gone forward with once it is repaired`, async () => {
    const { repository } = rig().estate;
    const before = await rig().cluster.all();
    const harmful = await commit(rig().estate);
    const seen = await rig().pushed(harmful, 'rolled-back');
    assert.equal(seen.outcome?.code, 'apply.probe-failed', seen.outcome?.message);
    assert.deepEqual(await rig().quiet(), before);
    assert.equal((await client.fetchUds('user/ada/devices')).operation.status, 200);

    const activations = await activationsOf();
    const again = await rig().pushedAgain();
    assert.equal(again.outcome?.state, 'rolled-back');
    assert.equal(again.outcome.code, 'apply.probe-failed');
    assert.equal(await activationsOf(), activations, 'it is not tried again while Git stays where it is');

    await repository.git('revert', '--no-edit', '--no-commit', 'HEAD');
    const text = await repository.read(access);
    const repaired = text.replace(/burst: (\d+)/, (_, burst: string) => `burst: ${Number(burst) + 1}`);
    const mended = await repository.commit('Mend it, and allow a larger burst', { [access]: repaired });
    await rig().pushedInForce(mended);
    for (const view of await rig().quiet()) assert.equal(view.revision, mended);
    assert.equal((await client.fetchUds('user/ada/devices')).operation.status, 200);
  });
}

/** How many snapshots the nodes ever activated. */
async function activationsOf(): Promise<number> {
  const logs = await Promise.all(rig().estate.nodes.map(({ name }) => rig().estate.node(name).log()));
  return logs.join('').split('"type":"activated"').length - 1;
}

test('an operator who asks has the harmful commit tried once more, and it is rolled back with exit code 6', async () => {
  const harm = harms[2];
  assert.ok(harm);
  const harmful = await harm.commit(rig().estate);
  await rig().pushed(harmful, 'rolled-back');
  await rig().estate.reconciler.stop();
  const activations = await activationsOf();
  const { code, stderr } = await rig().run('apply');
  assert.equal(code, 6, stderr);
  assert.ok((await activationsOf()) > activations);
  assert.equal((await client.fetchUds('user/ada/devices')).operation.status, 200);
});

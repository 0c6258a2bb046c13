import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { beforeEach, test } from 'node:test';
import { adminPaths } from '../../src/admin/contract.js';
import { isRecord } from '../../src/model/json.js';
import type { LabClient } from '../../src/lab/client/lab-client.js';
import type { Rig } from './rig.js';
import { rigOfFile, until } from './rig.js';

const rulesFile = 'clusters/lab/allow-list.yaml';
const users = Array.from({ length: 8 }, (_, index) => ({ userName: `user-${index}`, password: `pw-${index}` }));
const rig = rigOfFile((one) => one.startReconciler(), { users, cores: 2, unreachableNodesTolerated: 1 });

beforeEach(async () => {
  for (const { name } of rig().estate.nodes) await rig().estate.node(name).start();
  await rig().quiet();
});

function extraRule({ layout }: Rig['estate']): { readonly url: string; readonly document: string } {
  const origin = `https://${layout.ucHosts[0]}:${layout.ucPort}`;
  const head = 'apiVersion: fairlead.dev/v1\nkind: AllowRule\nmetadata:\n  name: extra\n';
  const spec = `spec:\n  url: ${origin}/extra\n  methods: [GET]\n  match: prefix\n`;
  return { url: `${origin}/extra/page`, document: `---\n${head}${spec}` };
}

/** Opens a way that a later commit closes; a node that still lets clients through serves the old state. */
async function openExtra(): Promise<string> {
  const { estate } = rig();
  const { url, document } = extraRule(estate);
  const rules = await estate.repository.read(rulesFile);
  await rig().pushedInForce(await estate.repository.commit('Open a way', { [rulesFile]: `${rules}${document}` }));
  return url;
}

/** Users enough that each core is somebody's first, with a token each. */
async function signedIn(): Promise<readonly LabClient[]> {
  const clients = users.map((user) => rig().estate.newClient({ name: user.userName, ...user }));
  for (const client of clients) {
    const { operation } = await client.signIn();
    assert.equal(operation.status, 200, operation.error);
  }
  return clients;
}

/** What every client is answered, one after the other, until a condition holds, and once more then. */
async function answersUntil(
  clients: readonly LabClient[],
  url: string,
  isOver: () => Promise<boolean>,
): Promise<ReadonlySet<number | undefined>> {
  const statuses = new Set<number | undefined>();
  for (let last = false; !last; ) {
    last = await isOver();
    for (const client of clients) statuses.add((await client.fetch(url)).operation.status);
  }
  return statuses;
}

async function isCurrent(name: string, commit: string): Promise<boolean> {
  const view = await rig().cluster.node(name);
  return view?.revision === commit && view.ready && !view.isPending;
}

async function statusOf(name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const admin = await rig().cluster.admin(name);
  const answer = await admin.get(adminPaths.status).catch(() => undefined);
  return isRecord(answer?.body) ? answer.body : undefined;
}

test('a core that was away during an apply never lets a client through as before it', async () => {
  const { estate } = rig();
  const url = await openExtra();
  const clients = await signedIn();
  const before = await answersUntil(clients, url, () => Promise.resolve(true));
  assert.deepEqual([...before], [404], 'the way is open: the UC server answers');
  await estate.node('core-2').kill();
  const commit = await estate.repository.revertHead();
  await rig().pushedInForce(commit);
  await estate.node('core-2').start();
  const after = await answersUntil(clients, url, () => isCurrent('core-2', commit));
  assert.equal(after.has(404), false, `answers: ${[...after].join(', ')}`);
  assert.equal(after.has(403), true, 'the other core serves');
});

test('an edge that was away during an apply refuses everybody until it has caught up', async () => {
  const { estate } = rig();
  const url = await openExtra();
  const clients = await signedIn();
  await estate.node('edge-1').kill();
  const commit = await estate.repository.revertHead();
  await rig().pushedInForce(commit);
  await estate.reconciler.stop();
  await estate.node('edge-1').start();
  await until('edge-1 is held', async () => ((await statusOf('edge-1'))?.['behind'] === undefined ? undefined : true));
  for (const client of clients) {
    const { status, retryAfterSeconds } = (await client.fetch(url)).operation;
    assert.deepEqual([status, retryAfterSeconds], [503, 10]);
  }
  await estate.reconciler.start();
  const after = await answersUntil(clients, url, () => isCurrent('edge-1', commit));
  assert.deepEqual([...after].toSorted(), [403, 503]);
});

test('while the reconciler is away a laggard waits for its time, then serves and says so', async (t) => {
  const { estate } = rig();
  const configFile = estate.paths.nodeConfig('core-2');
  const written = await readFile(configFile, 'utf8');
  t.after(() => writeFile(configFile, written));
  const url = await openExtra();
  const clients = await signedIn();
  await estate.node('core-2').kill();
  const commit = await estate.repository.revertHead();
  await rig().pushedInForce(commit);
  await estate.reconciler.stop();
  await appendFile(configFile, 'catchUpSeconds: 3\n');
  await estate.node('core-2').start();
  const held = await until('core-2 is held', async () => {
    const status = await statusOf('core-2');
    return status?.['behind'] === undefined ? undefined : status;
  });
  assert.match(String(held['notReadyReason']), /^behind: the cluster confirmed plan .* without this node$/);
  const whileHeld = await answersUntil(clients, url, () => Promise.resolve(true));
  assert.deepEqual([...whileHeld], [403]);
  const serving = await until('core-2 waits no longer', async () => {
    const status = await statusOf('core-2');
    return status?.['ready'] === true ? status : undefined;
  });
  assert.match(JSON.stringify(serving['warnings']), /serves an older configuration/);
  await estate.reconciler.start();
  await rig().inForce(commit);
  await until('core-2 has caught up', async () => ((await isCurrent('core-2', commit)) ? true : undefined));
  assert.equal((await statusOf('core-2'))?.['behind'], undefined);
});

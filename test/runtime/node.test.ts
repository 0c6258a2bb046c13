import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { createParser } from 'eventsource-parser';
import { adminPaths, type NodeStatus } from '../../src/admin/contract.js';
import { FairleadError } from '../../src/errors.js';
import { writeLabCertificates } from '../../src/lab/certificates/lab-certificates.js';
import { closeListener, listenOn } from '../../src/lab/listener.js';
import { newSchemaChecks } from '../../src/model/schema-check.js';
import { systemClock } from '../../src/platform/clock.js';
import { silentLog } from '../../src/platform/log.js';
import type { CoreNodeConfig, EdgeNodeConfig, NodeConfig } from '../../src/runtime/node-config.js';
import { type NodeDeps, type RunningNode, startNode } from '../../src/runtime/node.js';
import { readAdminSchemas } from '../../src/runtime/schema-files.js';
import { type AdminEndpoint, ask, open } from './admin/admin-client.js';
import { until } from './config/store-rig.js';
import { until as eventually } from './sip/sip-kit.js';
import { RedisProcess, withRedis } from './store/redis-process.js';

const root = mkdtempSync(join(tmpdir(), 'fairlead-nodes-'));
after(() => rmSync(root, { recursive: true, force: true }));

const local = [{ type: 'ip', value: '127.0.0.1' }] as const;
const certificates = writeLabCertificates(
  join(root, 'certificates'),
  {
    servers: [
      { name: 'edge-1', hosts: local },
      { name: 'core-1', hosts: local },
    ],
    clients: [],
    cores: ['core-1'],
    nodes: ['edge-1', 'core-1'],
  },
  systemClock,
);
const token = 'apply-token';
const checkStatus = newSchemaChecks(readAdminSchemas())<NodeStatus>(
  'https://fairlead.dev/schemas/admin/node-status.schema.json',
);
const domain = { apiVersion: 'fairlead.dev/v1', kind: 'Domain', metadata: { name: 'example.com' }, spec: {} };

async function configBase(name: string) {
  const paths = await certificates;
  const tokenSha256 = createHash('sha256').update(token).digest('hex');
  return {
    name,
    cluster: 'emea',
    stateDir: mkdtempSync(join(root, `${name}-`)),
    logLevel: 'silent',
    catchUpSeconds: 60,
    admin: {
      listen: { host: '127.0.0.1', port: 0 },
      tls: paths.server(name),
      identities: [{ name: 'reconciler', scopes: ['apply'], tokenSha256 }],
    },
  } as const;
}

async function edgeConfig(): Promise<EdgeNodeConfig> {
  const paths = await certificates;
  return {
    ...(await configBase('edge-1')),
    role: 'edge',
    access: { listen: { host: '127.0.0.1', port: 0 }, tls: paths.server('edge-1'), publicName: 'edge-1.example.com' },
    link: {
      listen: { host: '127.0.0.1', port: 0 },
      hostKeyFile: paths.linkKey('edge-1').privateKeyFile,
      cores: [{ name: 'core-1', publicKey: readFileSync(paths.linkKey('core-1').publicKeyFile, 'utf8').trim() }],
    },
    tokens: { verificationKeysFile: paths.tokenVerificationKeys },
  };
}

async function coreConfig(linkPort: number): Promise<CoreNodeConfig> {
  const paths = await certificates;
  const hostKey = readFileSync(paths.linkKey('edge-1').publicKeyFile, 'utf8').trim();
  return {
    ...(await configBase('core-1')),
    role: 'core',
    link: {
      clientKeyFile: paths.linkKey('core-1').privateKeyFile,
      edges: [{ name: 'edge-1', host: '127.0.0.1', port: linkPort, hostKey }],
    },
    tokens: { signingKeyFile: paths.tokenSigningKey('core-1'), verificationKeysFile: paths.tokenVerificationKeys },
  };
}

interface StartedNode extends RunningNode {
  readonly admin: AdminEndpoint;
}

async function start(t: TestContext, config: NodeConfig, more: Partial<NodeDeps> = {}): Promise<StartedNode> {
  const node = await startNode(config, { clock: systemClock, log: silentLog, version: '0.0.0-test', ...more });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= node.stop());
  t.after(stop);
  const ca = readFileSync((await certificates).authority.certFile, 'utf8');
  return { ...node, stop, admin: { port: node.endpoints.admin, ca } };
}

async function statusOf({ admin }: StartedNode): Promise<NodeStatus> {
  const checked = checkStatus((await ask(admin, adminPaths.status, { token })).body);
  assert.ok(checked.ok, JSON.stringify(checked));
  return checked.value;
}

/** Resolves when the status of a node satisfies a condition; looks again at every event of the node. */
async function whenStatus(node: StartedNode, condition: (status: NodeStatus) => boolean): Promise<NodeStatus> {
  const stream = await open(node.admin, adminPaths.events, { token });
  stream.on('error', () => undefined);
  let news = 1;
  const parser = createParser({ onEvent: () => (news += 1) });
  stream.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
  try {
    for (let seen = 0; ; ) {
      await until(() => news > seen);
      seen = news;
      const status = await statusOf(node);
      if (condition(status)) return status;
    }
  } finally {
    stream.destroy();
  }
}

interface Applied {
  readonly resources: readonly object[];
  readonly secrets: Readonly<Record<string, string>>;
}

async function activate(
  node: StartedNode,
  planId: string,
  confirmWithinSeconds: number,
  { resources, secrets }: Applied = { resources: [domain], secrets: {} },
): Promise<void> {
  const { digest } = await statusOf(node);
  const snapshot = { revision: planId, resources };
  const body = { planId, snapshot, secrets, confirmWithinSeconds };
  const headers = { 'if-match': `"${digest}"` };
  assert.equal((await ask(node.admin, adminPaths.activate, { token, headers, body })).status, 200);
}

async function confirm({ admin }: StartedNode, planId: string): Promise<void> {
  assert.equal((await ask(admin, adminPaths.confirm, { token, body: { planId } })).body.state, 'confirmed');
}

test('an edge and a core find each other, take plans, and say why they are not ready', async (t) => {
  const edge = await start(t, await edgeConfig());
  const { link = 0 } = edge.endpoints;
  const core = await start(t, await coreConfig(link));
  const linked = await whenStatus(edge, ({ links }) => links.some(({ state }) => state === 'up'));
  assert.deepEqual([linked.ready, linked.notReadyReason], [false, 'no plan was ever confirmed on this node']);
  assert.deepEqual(linked.kinds, ['HttpTransport', 'Domain', 'AccessControl', 'Maintenance']);
  for (const node of [edge, core]) {
    await activate(node, 'plan-1', 60);
    await confirm(node, 'plan-1');
    assert.equal((await whenStatus(node, ({ ready }) => ready)).confirmedPlanId, 'plan-1');
    assert.equal((await ask(node.admin, adminPaths.ready, { token })).status, 200);
  }
  await core.stop();
  const alone = await whenStatus(edge, ({ ready }) => !ready);
  assert.equal(alone.notReadyReason, 'no link to a core is up');
});

test('a core uses the store that its Cluster names, and serves without one that is away', withRedis, async (t) => {
  const redis = await RedisProcess.start(t, '--requirepass', 'hunter2');
  const core = await start(t, await coreConfig(1));
  assert.ok((await statusOf(core)).kinds.includes('Cluster'), 'cores take the store from the Cluster');
  const fingerprint = `hmac-sha256:${'0'.repeat(64)}`;
  const passwordRef = { env: 'FAIRLEAD_SECRET_STORE', fingerprint };
  const metadata = { name: 'emea' };
  const clusterWith = (url: string) => {
    const spec = { sharedStore: { url, passwordRef } };
    const resources = [domain, { apiVersion: 'fairlead.dev/v1', kind: 'Cluster', metadata, spec }];
    return { resources, secrets: { [fingerprint]: 'hunter2' } };
  };
  const isUp = async () => {
    const { text } = await ask(core.admin, adminPaths.metrics, { token });
    return /^fairlead_store_up 1$/m.test(text);
  };
  await activate(core, 'plan-1', 60, clusterWith(redis.url));
  await confirm(core, 'plan-1');
  await eventually(isUp);
  await activate(core, 'plan-2', 60, clusterWith('redis://127.0.0.1:1'));
  await confirm(core, 'plan-2');
  assert.equal(await isUp(), false);
  assert.equal((await whenStatus(core, ({ ready }) => ready)).confirmedPlanId, 'plan-2');
});

test('a node that was left alone confirms what its peer over the link has confirmed', async (t) => {
  const edge = await start(t, await edgeConfig());
  const core = await start(t, await coreConfig(edge.endpoints.link ?? 0));
  await whenStatus(edge, ({ links }) => links.some(({ state }) => state === 'up'));
  await activate(edge, 'plan-1', 1);
  await activate(core, 'plan-1', 60);
  await confirm(core, 'plan-1');
  const status = await whenStatus(edge, ({ pending }) => pending === undefined);
  assert.equal(status.confirmedPlanId, 'plan-1');
});

test('a node tells its ports while it runs, and comes back with what was confirmed', async (t) => {
  const config = await edgeConfig();
  const file = join(config.stateDir, 'endpoints.json');
  const first = await start(t, config);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), first.endpoints);
  const { role, pid, admin, access, link } = first.endpoints;
  assert.deepEqual([role, pid], ['edge', process.pid]);
  for (const port of [admin, access, link]) assert.ok(port !== undefined && port > 0, `port ${port}`);
  await activate(first, 'plan-1', 60);
  await confirm(first, 'plan-1');
  const { digest } = await statusOf(first);
  await first.stop();
  assert.equal(existsSync(file), false);
  const again = await statusOf(await start(t, config));
  assert.deepEqual([again.digest, again.revision, again.confirmedPlanId], [digest, 'plan-1', 'plan-1']);
});

test('a node that cannot start frees everything and says what is in its way', async (t) => {
  const blocker = createServer();
  const port = await listenOn(blocker, '127.0.0.1', 0);
  t.after(() => closeListener(blocker));
  const config = await edgeConfig();
  const refusedWith = (place: RegExp) => (error: unknown) => {
    assert.ok(error instanceof FairleadError && error.code === 'node.config', String(error));
    assert.match(error.message, place);
    return true;
  };
  const taken = { ...config, admin: { ...config.admin, listen: { host: '127.0.0.1', port } } };
  await assert.rejects(start(t, taken), refusedWith(new RegExp(`127\\.0\\.0\\.1:${port}`)));
  const keyless = { ...config, admin: { ...config.admin, tls: { ...config.admin.tls, keyFile: '/nowhere.key' } } };
  await assert.rejects(start(t, keyless), refusedWith(/\/nowhere\.key/));
  assert.equal(existsSync(join(config.stateDir, 'endpoints.json')), false);
  await start(t, config);
});

test('every step that a crash may interrupt is told', async (t) => {
  const points: string[] = [];
  const node = await start(t, await edgeConfig(), { crash: (point) => points.push(point) });
  points.length = 0;
  await activate(node, 'plan-1', 60);
  await confirm(node, 'plan-1');
  assert.deepEqual(points.slice(0, points.indexOf('answer confirm') + 1), [
    ...['open', 'write', 'sync'].map((step) => `${step} pending.json.new`),
    'rename pending.json',
    'sync-directory pending.json',
    'swap',
    'swapped',
    'answer activate',
    ...['open', 'write', 'sync'].map((step) => `${step} confirmed.json.new`),
    'rename confirmed.json',
    'sync-directory confirmed.json',
    ...['open', 'write', 'sync'].map((step) => `${step} receipts.json.new`),
    'rename receipts.json',
    'sync-directory receipts.json',
    'remove pending.json',
    'sync-directory pending.json',
    'answer confirm',
  ]);
});

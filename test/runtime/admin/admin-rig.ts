import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { NodeStatus } from '../../../src/admin/contract.js';
import type { LabCertificatePaths } from '../../../src/lab/certificates/certificate-paths.js';
import { writeLabCertificates } from '../../../src/lab/certificates/lab-certificates.js';
import type { Health } from '../../../src/model/health.js';
import { systemClock } from '../../../src/platform/clock.js';
import { silentLog } from '../../../src/platform/log.js';
import { newMeter } from '../../../src/platform/meter.js';
import { AdminServer } from '../../../src/runtime/admin/admin-server.js';
import type { AdminConfig } from '../../../src/runtime/node-config.js';
import { NodeEvents } from '../../../src/runtime/node-events.js';
import { type Rig, type RigOptions, startStore } from '../config/store-rig.js';
import type { AdminEndpoint } from './admin-client.js';

const root = mkdtempSync(join(tmpdir(), 'fairlead-admin-'));
after(() => rmSync(root, { recursive: true, force: true }));

const certificates: Promise<LabCertificatePaths> = writeLabCertificates(
  root,
  {
    servers: [{ name: 'core-1', hosts: [{ type: 'ip', value: '127.0.0.1' }] }],
    clients: ['auditor', 'stranger'],
    cores: [],
    nodes: [],
  },
  systemClock,
);

export const tokens = { reader: 'read-token', operator: 'operate-token', reconciler: 'apply-token' } as const;

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function configOf(paths: LabCertificatePaths): AdminConfig {
  return {
    listen: { host: '127.0.0.1', port: 0 },
    tls: { ...paths.server('core-1'), clientCaFile: paths.authority.certFile },
    identities: [
      { name: 'reader', scopes: ['read'], tokenSha256: hashOf(tokens.reader) },
      { name: 'operator', scopes: ['operate'], tokenSha256: hashOf(tokens.operator) },
      { name: 'reconciler', scopes: ['apply'], tokenSha256: hashOf(tokens.reconciler) },
      { name: 'auditor', scopes: ['read'], clientCommonName: 'auditor' },
    ],
  };
}

export interface AdminRig extends Rig {
  readonly endpoint: AdminEndpoint;
  readonly server: AdminServer;
  readonly events: NodeEvents;
  readonly paths: LabCertificatePaths;
  /** What the node says of itself next. */
  status: NodeStatus;
  probe: (signal: AbortSignal) => Promise<Health>;
}

const check = { id: 'uds', ok: true, detail: 'answered', durationMs: 1 };
const probe: AdminRig['probe'] = () => Promise.resolve({ node: 'core-1', checks: [check] });

const unreadyStatus: Omit<NodeStatus, 'digest'> = {
  name: 'core-1',
  role: 'core',
  cluster: 'emea',
  version: '0.0.0-test',
  kinds: ['Domain'],
  revision: '',
  edits: [],
  counts: { users: 1, sessions: 2, registrations: 0 },
  links: [{ peer: 'edge-1', service: 'tunnel', state: 'down', since: '2026-01-15T12:00:00.000Z', reason: 'refused' }],
  ready: false,
  notReadyReason: 'no plan was ever confirmed on this node',
  warnings: ['something is torn'],
  startedAt: '2026-01-15T12:00:00.000Z',
};

/** Starts the admin interface over a real store, with TLS and every kind of identity. */
export async function startAdmin(t: TestContext, options: RigOptions = {}): Promise<AdminRig> {
  const store = await startStore(t, options);
  const paths = await certificates;
  const events = new NodeEvents('run1');
  const meter = newMeter();
  const rig = {
    ...store,
    events,
    paths,
    status: { ...unreadyStatus, digest: store.store.view().digest },
    probe,
  };
  const backend = {
    store: store.store,
    events,
    checkpoint: () => undefined,
    status: () => rig.status,
    probe: (signal: AbortSignal) => rig.probe(signal),
    metrics: () => meter.expose(),
  };
  const deps = { backend, version: '0.0.0-test', clock: store.clock, log: silentLog };
  const server = new AdminServer(configOf(paths), deps);
  await server.start();
  t.after(() => server.stop());
  const ca = readFileSync(paths.authority.certFile, 'utf8');
  return Object.assign(rig, { server, endpoint: { port: server.port(), ca } });
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authored, type AuthoredDocument } from '../src/lab/estate/cluster-documents.js';
import { EstateProcess } from '../src/lab/estate/estate-process.js';
import { freePort } from '../src/lab/estate/free-port.js';
import { LabRepository } from '../src/lab/estate/lab-repository.js';
import { isListening } from '../src/lab/estate/readiness.js';
import type { NodeRole } from '../src/model/plan.js';
import { writeYaml } from '../src/model/yaml/write.js';
import { systemClock } from '../src/platform/clock.js';
import { applyToken, LabNode, type LabTls } from '../test/reconciler/lab-nodes.js';
import { ReconcilerClient } from './reconciler-client.js';

export const clusters = 100;
export const resourcesPerCluster = 100;

const tokenVariable = 'FAIRLEAD_SECRET_BENCH_NODE';
const fairlead = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js');

/** A cluster of one edge and one core, whose configuration store and admin interface are the product's, in this process. */
export interface FleetCluster {
  readonly name: string;
  readonly edge: LabNode;
  readonly core: LabNode;
}

export async function startCluster(number: number, tls: LabTls): Promise<FleetCluster> {
  const node = async (role: NodeRole) => {
    const made = new LabNode({ name: `${role}-${number}`, role }, { tls, clock: systemClock });
    await made.start();
    return made;
  };
  return { name: `cluster-${number}`, edge: await node('edge'), core: await node('core') };
}

function clusterDocument({ name, edge, core }: FleetCluster, ca: string): AuthoredDocument {
  const entry = ({ ref, url }: LabNode) => ({ name: ref.name, admin: { url, tokenRef: { env: tokenVariable }, ca } });
  return authored('Cluster', name, { edges: [entry(edge)], cores: [entry(core)] });
}

/** A poll interval longer than a measurement, so that only what is measured happens. */
export function policyDocument(isSuspended: boolean): AuthoredDocument {
  const suspend = isSuspended ? { suspend: { reason: 'plans are measured, not applies' } } : {};
  return authored('SyncPolicy', 'default', { pollIntervalSeconds: 3600, ...suspend });
}

export function ruleDocument(number: number, description: string): AuthoredDocument {
  const url = `https://host-${number}.example.com:8443/service/${number}/`;
  return authored('AllowRule', `rule-${number}`, { url, methods: ['GET', 'HEAD'], match: 'prefix', description });
}

function documentsOf(cluster: FleetCluster, ca: string): readonly AuthoredDocument[] {
  const fixed = [
    clusterDocument(cluster, ca),
    policyDocument(false),
    authored('Domain', `${cluster.name}.example.com`, { sip: true }),
    authored('AuthorizationRateControl', 'default', { maximumAuthorizationsPerPeriod: 3 }),
    authored('CredentialCaching', 'default', { refreshIntervalMinutes: 480 }),
    authored('HttpTransport', 'default', { maximumConnections: 10_000 }),
  ];
  const rules = Array.from({ length: resourcesPerCluster - fixed.length }, (_, number) =>
    ruleDocument(number, 'Opens it'),
  );
  return [...fixed, ...rules];
}

/** Path of a document in the repository: a file each, the hardest case. */
export function pathOf(cluster: string, { kind, metadata }: AuthoredDocument): string {
  return `clusters/${cluster}/${kind}-${metadata.name}.yaml`.toLowerCase();
}

export async function writeFleetRepository(directory: string, fleet: readonly FleetCluster[], ca: string) {
  const repository = new LabRepository(directory);
  await repository.create();
  const files = fleet.flatMap((cluster) =>
    documentsOf(cluster, ca).map((document) => [pathOf(cluster.name, document), writeYaml(document)] as const),
  );
  await repository.commit('Describe a fleet', Object.fromEntries(files));
  return repository;
}

/** The daemon over a repository, and the way to talk to it. */
export interface FleetReconciler {
  readonly process: EstateProcess;
  readonly client: ReconcilerClient;
  readonly configFile: string;
}

/** Writes the configuration of a reconciler in a directory of its own; it is not started. */
export async function newFleetReconciler(directory: string, repository: string): Promise<FleetReconciler> {
  const port = await freePort(['127.0.0.1'], new Set());
  const [token, webhookSecret] = ['a-token-for-the-bench-0123456789', 'a-webhook-secret-for-the-bench-01'];
  await mkdir(directory, { recursive: true });
  const file = (name: string) => join(directory, name);
  await writeFile(file('server.token'), `${token}\n`, { mode: 0o600 });
  await writeFile(file('webhook.secret'), `${webhookSecret}\n`, { mode: 0o600 });
  const config = {
    source: { url: repository, ref: 'main', path: '.' },
    stateDir: file('state'),
    server: { listen: { port }, tokenFile: file('server.token'), webhookSecretFile: file('webhook.secret') },
  };
  const configFile = file('fairlead.yaml');
  await writeFile(configFile, writeYaml(config), { mode: 0o600 });
  const reconciler = new EstateProcess({
    name: 'reconciler',
    command: [process.execPath, fairlead, 'run', '--config', configFile],
    environment: { PATH: process.env['PATH'], HOME: '/dev/null', LC_ALL: 'C.UTF-8', [tokenVariable]: applyToken },
    logFile: file('reconciler.log'),
    clock: systemClock,
    isReady: () => isListening(port),
  });
  return { process: reconciler, client: new ReconcilerClient(port, token, webhookSecret), configFile };
}

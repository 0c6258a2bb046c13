import { basename } from 'node:path';
import type { SnapshotCause, TrafficCounts, TrafficLeft } from '../admin/contract.js';
import type { Health } from '../model/health.js';
import type { Clock } from '../platform/clock.js';
import { onDurableStep } from '../platform/durable-file.js';
import { FileReload } from '../platform/file-reload.js';
import type { Log } from '../platform/log.js';
import { newMeter } from '../platform/meter.js';
import { AdminServer } from './admin/admin-server.js';
import { ClusterStanding } from './cluster-standing.js';
import { ConfigStore } from './config-store.js';
import { removeEndpoints, writeEndpoints } from './endpoints-file.js';
import { identityFilePart } from './identity-file.js';
import type { RunName } from './link-port.js';
import type { NodeConfig, NodeEndpoints } from './node-config.js';
import { NodeEvents } from './node-events.js';
import { measureNode } from './node-metrics.js';
import { DrainWatch } from './maintenance/drain-watch.js';
import { Maintenance } from './maintenance/maintenance.js';
import { newNodeStatus } from './node-status.js';
import { Readiness } from './readiness.js';
import { Receipts } from './receipts.js';
import type { PlanRun } from './revision.js';
import { newRole } from './role.js';
import { type Service, startInOrder, stopInReverse } from './service.js';
import type { Checkpoint } from './stage.js';
import { StateDirectory } from './state/state-directory.js';
import { TrafficWatch } from './traffic-watch.js';

export { loadNodeConfig } from './node-config-file.js';

export interface NodeDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Version of the program. */
  readonly version: string;
  /** Where the configuration was read from; without it the identities of the admin interface are never read again. */
  readonly configFile?: string;
  /** For crash tests: told before each durable step, around each swap, and before each answer about a plan. */
  readonly crash?: Checkpoint;
}

export interface RunningNode {
  readonly endpoints: NodeEndpoints;
  /** Reads certificates, keys and identities again; what cannot be used is told in the log, and the old ones stay in use. */
  reload(): Promise<void>;
  /** Takes no new work, lets what is in flight end within its limits, and frees everything. */
  stop(): Promise<void>;
}

interface Assembly {
  readonly services: readonly Service[];
  readonly readiness: Readiness;
  readonly files: FileReload;
  readonly endpoints: () => NodeEndpoints;
}

function leftOf({ registrations, calls = 0, sessions }: TrafficCounts): TrafficLeft {
  return { registrations, calls, requests: sessions - calls };
}

/** Makes every part of a node and joins them; nothing listens or dials yet. */
async function assemble(config: NodeConfig, deps: NodeDeps): Promise<Assembly> {
  const { clock, log, version, crash: checkpoint = () => undefined } = deps;
  const startedAtMs = clock.nowMs();
  const directory = new StateDirectory(config.stateDir, version);
  const found = await directory.open();
  const receipts = new Receipts(found.ended);
  const meter = newMeter();
  const events = new NodeEvents(startedAtMs.toString(36));
  const maintenance = new Maintenance(config.name, { clock, log: log.child({ part: 'maintenance' }) });
  const standings = new ClusterStanding({
    drain: maintenance,
    ...{ node: config.name, catchUpSeconds: config.catchUpSeconds, laggards: found.laggards, clock, log },
    confirmed: found.confirmed?.run,
    save: (laggards) => directory.saveLaggards(laggards),
  });
  const isConfirmed = (run: RunName): boolean => receipts.isConfirmed(run);
  const role = await newRole(config, { clock, log, meter, version, isConfirmed, standings, drain: maintenance });

  const onChange = (cause: SnapshotCause): void => {
    countChange(cause);
    events.publish({ type: 'snapshot', digest: store.view().digest, cause });
    readiness.look();
  };
  const { links: peers } = role;
  // What drains has its own settings by the time maintenance mode begins.
  const participants = [...role.participants, maintenance];
  const drainWatch = new DrainWatch({ clock, maintenance, left: () => leftOf(role.counts()) });
  drainWatch.onChange((state) => events.publish({ type: 'maintenance', state }));
  const trafficWatch = new TrafficWatch({
    clock,
    counts: () => role.counts(),
    publish: (event) => events.publish(event),
  });
  const onConfirmed = (run: PlanRun): void => standings.confirmed(run);
  const storeParts = { participants, peers, directory, found, receipts, clock, log, onChange, onConfirmed, checkpoint };
  const store = new ConfigStore({ ...storeParts, node: config.name });
  const readiness = new Readiness(
    () => [store.view().notServingReason, standings.obstacle, role.obstacle()],
    (ready) => events.publish({ type: 'ready', ready }),
  );
  const status = newNodeStatus({ config, version, startedAtMs, store, standings, role, readiness, drainWatch });
  const countChange = measureNode(meter, status);
  standings.onChange(() => readiness.look());
  role.onLinkChange((link) => {
    events.publish({ type: 'link', link });
    readiness.look();
  });

  const probe = async (signal: AbortSignal): Promise<Health> => {
    const checks = await Promise.all(participants.map((participant) => participant.probe(signal)));
    return { node: config.name, checks: checks.flat() };
  };
  const backend = { store, events, checkpoint, status, probe, metrics: () => meter.expose() };
  const admin = new AdminServer(config.admin, { backend, version, clock, log: log.child({ part: 'admin' }) });
  const { configFile } = deps;
  const accept = admin.accept.bind(admin);
  const identities = configFile === undefined ? [] : [identityFilePart(configFile, config, accept, log)];
  const files = new FileReload([...role.files, admin.tlsFiles(), ...identities], clock, log);
  return {
    services: [standings, store, role.links, ...role.services, ...participants, drainWatch, trafficWatch, admin, files],
    ...{ readiness, files },
    endpoints: () => ({ role: config.role, pid: process.pid, admin: admin.port(), ...role.ports() }),
  };
}

/**
 * Starts a node: it brings back its last confirmed snapshot, links, serves, and can be administered.
 * @throws FairleadError `node.config`, `node.storage`; everything is freed then.
 */
export async function startNode(config: NodeConfig, deps: NodeDeps): Promise<RunningNode> {
  const { crash } = deps;
  if (crash !== undefined) onDurableStep((step, path) => crash(`${step} ${basename(path)}`));
  const { services, readiness, files, endpoints } = await assemble(config, deps);
  await removeEndpoints(config.stateDir);
  await startInOrder(services);
  readiness.mark(true);
  await writeEndpoints(config.stateDir, endpoints()).catch(async (error: unknown) => {
    await stopInReverse(services);
    throw error;
  });
  return {
    endpoints: endpoints(),
    reload: () => files.reload(),
    stop: async () => {
      readiness.mark(false);
      await removeEndpoints(config.stateDir).catch(() => undefined);
      await stopInReverse(services);
      if (crash !== undefined) onDurableStep(undefined);
    },
  };
}

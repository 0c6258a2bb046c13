import { join } from 'node:path';
import { FairleadError } from '../../errors.js';
import type { ClusterNode, ClusterResource } from '../../model/generated/kinds.js';
import type { NodeRef, NodeRole } from '../../model/plan.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { Secret } from '../../platform/secret.js';
import type { CrashHook } from '../crash-hook.js';
import { ApplianceClient } from './appliance/appliance-client.js';
import { ApplianceJournal } from './appliance/appliance-journal.js';
import { Appliance } from './appliance/appliance.js';
import type { Driver } from './driver.js';
import { HttpsClient } from './https-client.js';
import type { HttpsEndpoint } from './https-endpoint.js';
import { RuntimeDriver } from './runtime.js';
import type { RuntimeNode } from './runtime.js';
import { StepwiseDriver } from './stepwise.js';

/** What every driver is made with. */
export interface DriverDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly crash: CrashHook;
  /** Where a driver keeps what it must remember. */
  readonly directory: string;
}

function endpointOf({ name, admin }: ClusterNode, secrets: ReadonlyMap<string, Secret>): HttpsEndpoint {
  const token = secrets.get(admin.tokenRef.fingerprint ?? '');
  if (token === undefined) throw new FairleadError('secret.unresolved', `the admin token of ${name} has no value`);
  const { url, ca, serverName } = admin;
  return { node: name, url, token, ca, serverName };
}

/** Edges before cores, each in declared order. */
function nodesOf({ spec }: ClusterResource, secrets: ReadonlyMap<string, Secret>): readonly RuntimeNode[] {
  const ofRole = (nodes: readonly ClusterNode[], role: NodeRole) =>
    nodes.map((node) => ({ ref: { name: node.name, role }, endpoint: endpointOf(node, secrets) }));
  return [...ofRole(spec.edges, 'edge'), ...ofRole(spec.cores, 'core')];
}

async function newAppliance({ ref, endpoint }: RuntimeNode, deps: DriverDeps): Promise<readonly [NodeRef, Appliance]> {
  const { clock, crash, directory } = deps;
  const journal = await ApplianceJournal.open(join(directory, 'steps', `${ref.name}.jsonl`), crash);
  const client = new ApplianceClient(ref.name, new HttpsClient(endpoint, clock));
  return [ref, new Appliance(ref, client, journal, clock)];
}

/**
 * Makes the driver that a cluster names, for its nodes.
 * @throws FairleadError `secret.unresolved`, `state.damaged`, `state.storage`
 */
export async function newDriver(
  cluster: ClusterResource,
  secrets: ReadonlyMap<string, Secret>,
  deps: DriverDeps,
): Promise<Driver> {
  const nodes = nodesOf(cluster, secrets);
  if (cluster.spec.driver === 'runtime') return new RuntimeDriver(nodes, deps);
  return new StepwiseDriver(await Promise.all(nodes.map((node) => newAppliance(node, deps))));
}

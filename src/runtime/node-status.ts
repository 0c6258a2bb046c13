import type { NodeStatus } from '../admin/contract.js';
import type { ClusterStanding } from './cluster-standing.js';
import type { ConfigStore } from './config-store.js';
import type { DrainWatch } from './maintenance/drain-watch.js';
import type { NodeConfig } from './node-config.js';
import type { Readiness } from './readiness.js';
import type { Role } from './role.js';

export interface NodeStatusParts {
  readonly config: NodeConfig;
  readonly version: string;
  readonly startedAtMs: number;
  readonly store: ConfigStore;
  readonly standings: ClusterStanding;
  readonly role: Role;
  readonly readiness: Readiness;
  readonly drainWatch: DrainWatch;
}

/** Gives what a node tells of itself at the moment it is asked. */
export function newNodeStatus(parts: NodeStatusParts): () => NodeStatus {
  const { config, version, store, standings, role, readiness, drainWatch } = parts;
  const startedAt = new Date(parts.startedAtMs).toISOString();
  return () => {
    const { snapshot, digest, pending, confirmedPlanId, edits, warnings: found } = store.view();
    const { order, missed, isHeld, finding } = standings;
    const warnings = finding === undefined ? found : [finding, ...found];
    const { reason } = readiness;
    const maintenance = drainWatch.status();
    return {
      name: config.name,
      role: config.role,
      cluster: config.cluster,
      version,
      kinds: store.kinds,
      revision: snapshot.revision,
      digest,
      ...(pending && { pending }),
      ...(confirmedPlanId !== undefined && { confirmedPlanId }),
      confirmedOrder: order,
      ...(missed && { behind: { planId: missed.planId, order: missed.order, serves: !isHeld } }),
      edits,
      counts: role.counts(),
      links: role.linkStatus(),
      ...(maintenance && { maintenance }),
      ready: reason === undefined,
      ...(reason !== undefined && { notReadyReason: reason }),
      ...(warnings.length > 0 && { warnings }),
      startedAt,
    };
  };
}

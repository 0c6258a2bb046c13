import type { NodeStatus } from '../admin/contract.js';
import type { ConfigStore } from './config-store.js';
import type { NodeConfig } from './node-config.js';
import type { Readiness } from './readiness.js';
import type { Role } from './role.js';

export interface NodeStatusParts {
  readonly config: NodeConfig;
  readonly version: string;
  readonly startedAtMs: number;
  readonly store: ConfigStore;
  readonly role: Role;
  readonly readiness: Readiness;
}

/** Gives what a node tells of itself at the moment it is asked. */
export function newNodeStatus(parts: NodeStatusParts): () => NodeStatus {
  const { config, version, store, role, readiness } = parts;
  const startedAt = new Date(parts.startedAtMs).toISOString();
  return () => {
    const { snapshot, digest, pending, confirmedPlanId, edits, warnings } = store.view();
    const { reason } = readiness;
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
      edits,
      counts: role.counts(),
      links: role.linkStatus(),
      ready: reason === undefined,
      ...(reason !== undefined && { notReadyReason: reason }),
      ...(warnings.length > 0 && { warnings }),
      startedAt,
    };
  };
}

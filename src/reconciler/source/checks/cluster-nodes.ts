import type { Finding } from '../finding.js';
import { findingOn } from '../layered.js';
import type { CheckedCluster } from './cluster-check.js';

/** A Cluster that names a store but no node: what cores get of one looks like that, what is declared must not. */
export function missingNodes({ resources }: CheckedCluster): readonly Finding[] {
  return resources.flatMap((cluster) => {
    const { kind, spec } = cluster.resource;
    if (kind !== 'Cluster' || spec.edges.length + spec.cores.length > 0) return [];
    const message = 'the cluster has neither edges nor cores';
    const allowed = 'at least one edge or core';
    return findingOn(cluster, { code: 'schema.combination', pointer: '/spec', message, found: 'none', allowed });
  });
}

import type { Finding } from '../finding.js';
import { findingOn } from '../layered.js';
import type { CheckedCluster } from './cluster-check.js';

/** Cores that have the name of an edge: plans, references and status know a node by its name alone. */
export function repeatedNodeNames({ resources }: CheckedCluster): readonly Finding[] {
  return resources.flatMap((cluster) => {
    const { kind, spec } = cluster.resource;
    if (kind !== 'Cluster') return [];
    const edges = new Set(spec.edges.map(({ name }) => name));
    return spec.cores.flatMap(({ name }, index) => {
      if (!edges.has(name)) return [];
      const message = `an edge and a core are both named ${name}`;
      const pointer = `/spec/cores/${index}/name`;
      return findingOn(cluster, {
        code: 'schema.not-unique',
        pointer,
        message,
        found: name,
        allowed: 'each name once',
      });
    });
  });
}

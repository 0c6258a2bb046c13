import type { Finding } from '../finding.js';
import type { ValidResource } from '../layered.js';

/** A cluster as its checks see it. */
export interface CheckedCluster {
  /** In the order of their keys. */
  readonly resources: readonly ValidResource[];
  /** Keys (`Kind/name`) of all documents, broken ones included: what they declare is not missing. */
  readonly declared: ReadonlySet<string>;
  /** Names of the edges and cores, in their order. */
  readonly nodes: readonly string[];
}

/** Finds what no schema of one resource can see. */
export type ClusterCheck = (cluster: CheckedCluster) => readonly Finding[];

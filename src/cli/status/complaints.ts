import type { ClusterStatus, NodeStatusView, ReconcilerStatus } from '../../reconciler/status/status.js';

const bad: ReadonlySet<string> = new Set(['blocked', 'rolled-back', 'partial', 'error', 'invalid']);

function nodeComplaint({ name, reachable, reason = '', ready }: NodeStatusView): readonly string[] {
  if (!reachable) return [`${name} does not answer: ${reason}`];
  return ready === false ? [`${name} is not ready${reason === '' ? '' : `: ${reason}`}`] : [];
}

function clusterComplaints({ cluster, outcome, nodes }: ClusterStatus): readonly string[] {
  const reason = outcome?.reason?.message;
  const own =
    outcome !== undefined && bad.has(outcome.state)
      ? [`${outcome.state}${reason === undefined ? '' : `: ${reason}`}`]
      : [];
  return [...own, ...nodes.flatMap(nodeComplaint)].map((complaint) => `${cluster}: ${complaint}`);
}

/** Why an operator should look; empty when all is well. Drift that is put back, or only to be reported, is no reason. */
export function complaintsOf({ source, clusters }: ReconcilerStatus): readonly string[] {
  const reading = source.reason === undefined ? [] : [`the source cannot be used: ${source.reason.message}`];
  return [...reading, ...clusters.flatMap(clusterComplaints)];
}

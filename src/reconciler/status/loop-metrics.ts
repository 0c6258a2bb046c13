import type { Meter } from '../../platform/meter.js';
import type { LoopListener } from '../loop/loop-listener.js';
import { findingsOf } from '../pass-outcome.js';
import type { StatusBoard } from './status-board.js';
import { driftViews } from './status-view.js';

const secondsBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300];

/** Counts what the loop does; gauges are read from the board when somebody asks. */
export function loopMetrics(meter: Meter, board: StatusBoard): LoopListener {
  const readings = meter.counter('fairlead_source_readings_total', 'Readings of the source.', ['result']);
  const passes = meter.counter('fairlead_passes_total', 'Passes over a cluster by how they ended.', ['outcome']);
  const drift = meter.counter('fairlead_drift_total', 'Resources found changed by hand.', ['treatment']);
  const events = meter.counter('fairlead_node_events_total', 'Events that nodes sent.', ['type']);
  const seconds = meter.distribution('fairlead_pass_seconds', 'Duration of a pass.', secondsBuckets, ['outcome']);
  const clustersThat = (name: string, help: string, is: (state: string | undefined) => boolean) =>
    meter.gauge(name, help, () => board.status().clusters.filter(({ outcome }) => is(outcome?.state)).length);
  clustersThat('fairlead_clusters', 'Declared clusters.', () => true);
  clustersThat(
    'fairlead_clusters_in_sync',
    'Clusters whose nodes run what is declared.',
    (state) => state === 'nothing' || state === 'applied',
  );
  meter.gauge('fairlead_nodes_unreachable', 'Nodes that did not answer the last pass.', () =>
    board.status().clusters.reduce((sum, { nodes }) => sum + nodes.filter(({ reachable }) => !reachable).length, 0),
  );
  return {
    onReading: ({ failure }) => readings.inc({ result: failure === undefined ? 'read' : 'failed' }),
    onReadingFailed: () => readings.inc({ result: 'failed' }),
    onPassBegun: () => undefined,
    onPassEnded: (_cluster, { outcome, durationMs }) => {
      passes.inc({ outcome: outcome.state });
      seconds.observe(durationMs / 1000, { outcome: outcome.state });
      const findings = findingsOf(outcome);
      for (const { isCorrected } of findings === undefined ? [] : driftViews(findings))
        drift.inc({ treatment: isCorrected ? 'corrected' : 'reported' });
    },
    onNodeEvent: (_cluster, { type }) => events.inc({ type }),
    onClusterGone: () => undefined,
  };
}

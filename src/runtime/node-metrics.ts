import type { NodeStatus, SnapshotCause } from '../admin/contract.js';
import type { Meter } from '../platform/meter.js';

/** Measures a node as a whole; gives what counts changes of its configuration. */
export function measureNode(meter: Meter, status: () => NodeStatus): (cause: SnapshotCause) => void {
  const changes = meter.counter(
    'fairlead_configuration_changes_total',
    'Changes of the configuration by what caused them.',
    ['cause'],
  );
  meter.gauge('fairlead_ready', 'Whether the node serves.', () => Number(status().ready));
  meter.gauge('fairlead_behind', 'Whether the cluster confirmed a plan that this node missed.', () =>
    status().behind ? 1 : 0,
  );
  meter.gauge('fairlead_plan_pending', 'Whether a plan waits for its confirmation.', () => (status().pending ? 1 : 0));
  meter.gauge('fairlead_operator_edits', 'Edits by hand since the last confirmed plan.', () => status().edits.length);
  meter.gauge('fairlead_maintenance', 'Whether the node is in maintenance mode.', () => (status().maintenance ? 1 : 0));
  meter.gauge('fairlead_drained', 'Whether it is in maintenance mode and nothing is left to end.', () =>
    Number(status().maintenance?.state === 'drained'),
  );
  meter.gauge(
    'fairlead_links_up',
    'Links that carry traffic.',
    () => status().links.filter(({ state }) => state === 'up').length,
  );
  return ({ type }) => changes.inc({ cause: type });
}

import type { Plan } from '../../model/plan.js';
import type { Delivery } from '../driver/driver.js';

/** The order in which nodes are activated. */
export interface RolloutOrder {
  readonly canary: Delivery;
  /** In the order of the plan. */
  readonly others: readonly Delivery[];
}

/**
 * Chooses the one node that gets a change first: the wished one when it changes, else the last core that does, else the first edge.
 * The last core stands last in the order of preference, so it carries the fewest users, and its probes reach through to the
 * UC servers, where most changes can go wrong.
 */
export function rolloutOrder(
  plan: Plan,
  deliveries: readonly Delivery[],
  wished: string | undefined,
): RolloutOrder | undefined {
  const changing = deliveries.filter(({ node }) =>
    plan.nodes.some((one) => one.node.name === node.name && one.changes.length > 0),
  );
  const canary =
    changing.find(({ node }) => node.name === wished) ??
    changing.findLast(({ node }) => node.role === 'core') ??
    changing[0] ??
    deliveries[0];
  return canary === undefined ? undefined : { canary, others: deliveries.filter((one) => one !== canary) };
}

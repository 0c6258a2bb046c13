import type { TrafficCounts } from '../admin/contract.js';
import type { Impact, NodePlan, NodeRole, Traffic } from '../model/plan.js';
import type { Observation } from './driver/driver.js';

interface NodeTraffic {
  readonly role: NodeRole;
  readonly counts: TrafficCounts;
  readonly isInterrupted: boolean;
}

const roles = ['edge', 'core'] as const;
const nobody: Traffic = { users: 0, sessions: 0, registrations: 0 };

function combine(a: Traffic, b: Traffic, merge: (a: number, b: number) => number): Traffic {
  return {
    users: merge(a.users, b.users),
    sessions: merge(a.sessions, b.sessions),
    registrations: merge(a.registrations, b.registrations),
  };
}

/** Nodes of one role share the traffic; what passes an edge passes a core too, and is not counted again. */
function total(nodes: readonly NodeTraffic[]): Traffic {
  return roles
    .map((role) => nodes.filter((node) => node.role === role).map(({ counts }) => counts))
    .map((counts) => counts.reduce<Traffic>((sum, one) => combine(sum, one, (a, b) => a + b), nobody))
    .reduce((most, one) => combine(most, one, Math.max), nobody);
}

/** Counts the traffic on the nodes where a plan interrupts anything, and the rest; nodes that did not answer count nothing. */
export function impactOf(plans: readonly NodePlan[], observation: Observation): Impact {
  const interrupting = new Set(
    plans
      .filter(({ changes }) => changes.some(({ interrupts }) => interrupts !== 'nothing'))
      .map(({ node }) => node.name),
  );
  const nodes = observation.nodes.flatMap((node) =>
    node.reachable
      ? [{ role: node.node.role, counts: node.counts, isInterrupted: interrupting.has(node.node.name) }]
      : [],
  );
  const interrupted = total(nodes.filter(({ isInterrupted }) => isInterrupted));
  return { interrupted, untouched: combine(total(nodes), interrupted, (all, some) => all - some) };
}

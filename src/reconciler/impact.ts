import type { TrafficCounts } from '../admin/contract.js';
import { worstInterruption } from '../model/change.js';
import type { Interruption } from '../model/change.js';
import type { Impact, NodePlan, NodeRole, Traffic } from '../model/plan.js';
import type { Observation } from './driver/driver.js';
import { beginsMaintenance } from './maintenance.js';

interface NodeTraffic {
  readonly role: NodeRole;
  readonly counts: TrafficCounts;
  readonly interrupts: Interruption;
}

const roles = ['edge', 'core'] as const;
/** The field of optional counts, when one of both has it. */
function callsOf(a: Traffic, b: Traffic, one: (a: number, b: number) => number): Pick<Traffic, 'calls'> {
  return a.calls === undefined && b.calls === undefined ? {} : { calls: one(a.calls ?? 0, b.calls ?? 0) };
}

const noTraffic: Traffic = { users: 0, sessions: 0, registrations: 0 };

function combine(a: Traffic, b: Traffic, one: (a: number, b: number) => number): Traffic {
  return {
    users: one(a.users, b.users),
    sessions: one(a.sessions, b.sessions),
    registrations: one(a.registrations, b.registrations),
    ...callsOf(a, b, one),
  };
}

/** Nodes of one role share the traffic; what passes an edge passes a core too, and is not counted again. */
function total(nodes: readonly NodeTraffic[]): Traffic {
  return roles
    .map((role) => nodes.filter((node) => node.role === role).map(({ counts }) => counts))
    .map((counts) => counts.reduce<Traffic>((sum, one) => combine(sum, one, (a, b) => a + b), noTraffic))
    .reduce((most, one) => combine(most, one, Math.max), noTraffic);
}

function subtract(all: Traffic, some: Traffic): Traffic {
  return combine(all, some, (a, b) => a - b);
}

/** Excluded calls on nodes; one that passes an edge and a core is counted once. */
function endedBy(names: ReadonlySet<string>, { nodes }: Observation): number {
  const counts = roles.map((role) =>
    nodes
      .filter(({ node }) => node.role === role && names.has(node.name))
      .reduce((sum, node) => sum + (node.reachable ? (node.counts.excludedCalls ?? 0) : 0), 0),
  );
  return Math.max(...counts);
}

/** Counts the traffic of a cluster by what a plan does to the node it is on; nodes that did not answer count nothing. */
export function impactOf(plans: readonly NodePlan[], observation: Observation): Impact {
  const worst = new Map(
    plans.map(({ node, changes }) => [node.name, worstInterruption(changes.map(({ interrupts }) => interrupts))]),
  );
  const nodes = observation.nodes.flatMap(({ node, ...seen }) => {
    const interrupts = worst.get(node.name) ?? 'nothing';
    return seen.reachable ? [{ role: node.role, counts: seen.counts, interrupts }] : [];
  });
  const beginning = new Set(plans.filter(beginsMaintenance).map(({ node }) => node.name));
  const endedCalls = endedBy(beginning, observation);
  const interrupted = total(nodes.filter(({ interrupts }) => interrupts === 'sessions'));
  const touched = total(nodes.filter(({ interrupts }) => interrupts !== 'nothing'));
  return {
    interrupted,
    onlyNewSessions: subtract(touched, interrupted),
    untouched: subtract(total(nodes), touched),
    ...(endedCalls > 0 && { endedCalls }),
  };
}

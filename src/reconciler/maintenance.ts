import type { MaintenanceResource, SyncPolicySpec } from '../model/generated/kinds.js';
import type { Blocker, NodePlan, NodeRole } from '../model/plan.js';
import { type Declaration, resourcesOf } from '../model/snapshot.js';
import { listed } from '../model/value-text.js';
import { type RecurringWindow, windowState } from '../model/window.js';
import type { Observation } from './driver/driver.js';

/** What decides whether a plan may take nodes out of service. */
export interface MaintenanceTerms {
  readonly policy: SyncPolicySpec;
  readonly nowMs: number;
}

const roles = ['edge', 'core'] as const;
/** Openings of each window that are looked at: a month of nights. */
const openingsAhead = 32;

/** Whether a part of a plan says of its node that it goes into maintenance mode, now or in a window. */
export function beginsMaintenance({ changes }: NodePlan): boolean {
  return changes.some(({ change }) => change.action !== 'delete' && change.after.kind === 'Maintenance');
}

function isOpen({ spec }: MaintenanceResource, atMs: number): boolean {
  return windowState(spec.window === undefined ? [] : [spec.window], atMs).open;
}

/** The instants at which a window opens, from now on; the first ones. */
function* openings(window: RecurringWindow, nowMs: number): Generator<number> {
  let atMs = nowMs;
  for (let count = 0; count < openingsAhead; ) {
    const state = windowState([window], atMs);
    const next = state.open ? state.closesAtMs : state.opensAtMs;
    if (next === undefined) return;
    if (!state.open) {
      yield next;
      count += 1;
    }
    atMs = next;
  }
}

/** When several may hold together for the first time: at the latest of their beginnings, each of which is an opening of one of them. */
function candidates(resources: readonly MaintenanceResource[], nowMs: number): readonly number[] {
  const windows = resources.flatMap(({ spec }) => spec.window ?? []);
  const opening = windows.flatMap((window) => [...openings(window, nowMs)]);
  const within = opening.flatMap((atMs) =>
    windows.flatMap((window) => {
      const state = windowState([window], atMs);
      return state.open ? [] : (state.opensAtMs ?? []);
    }),
  );
  return [...new Set([nowMs, ...opening, ...within])].toSorted((a, b) => a - b);
}

/** The first instant at which each of the nodes is in maintenance mode. */
function allOutAt(
  nodes: readonly string[],
  resources: readonly MaintenanceResource[],
  nowMs: number,
): number | undefined {
  const concerned = resources.filter(({ spec }) => spec.nodes.some((name) => nodes.includes(name)));
  const named = new Set(concerned.flatMap(({ spec }) => spec.nodes));
  if (!nodes.every((name) => named.has(name))) return undefined;
  return candidates(concerned, nowMs).find((atMs) => {
    const out = new Set(concerned.filter((one) => isOpen(one, atMs)).flatMap(({ spec }) => spec.nodes));
    return nodes.every((name) => out.has(name));
  });
}

function blockerOf(role: NodeRole, nodes: readonly string[], atMs: number, nowMs: number): Blocker {
  const when = atMs === nowMs ? 'now' : `at ${new Date(atMs).toISOString()}`;
  return {
    code: 'guard.last-serving',
    message: `the plan leaves no ${role} that answers and serves ${when}: ${listed(nodes, 'and')} in maintenance mode; SyncPolicy spec.allowWholeRoleMaintenance is false`,
    mend: `Take one ${role} after the other; set SyncPolicy spec.allowWholeRoleMaintenance when the service is to end.`,
  };
}

/** Roles of which a plan takes the last node that serves into maintenance mode, now or when windows overlap. */
export function maintenanceBlockers(
  plans: readonly NodePlan[],
  { nodes }: Observation,
  declaration: Declaration,
  { policy, nowMs }: MaintenanceTerms,
): readonly Blocker[] {
  if (policy.allowWholeRoleMaintenance) return [];
  const beginning = new Set(plans.filter(beginsMaintenance).map(({ node }) => node.name));
  if (beginning.size === 0) return [];
  const resources = resourcesOf(declaration, 'Maintenance');
  return roles.flatMap((role) => {
    const answering = nodes
      .filter(({ node, reachable }) => reachable && node.role === role)
      .map(({ node }) => node.name);
    if (!answering.some((name) => beginning.has(name))) return [];
    const atMs = allOutAt(answering, resources, nowMs);
    return atMs === undefined ? [] : [blockerOf(role, answering, atMs, nowMs)];
  });
}

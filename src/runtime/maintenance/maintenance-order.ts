import type { MaintenanceResource } from '../../model/generated/kinds.js';
import { windowState } from '../../model/window.js';

/** What the Maintenance resources say of one node at one moment. */
export interface MaintenanceOrder {
  /** Names of those that hold now, in their order; none when the node serves. */
  readonly names: readonly string[];
  /** Of the first of them that gives one. */
  readonly reason: string | undefined;
  /** The shortest time to drain that one of them grants, in seconds; undefined when none limits it. */
  readonly drainDeadlineSeconds: number | undefined;
  /** Wall clock; when one of their windows opens or closes next, undefined when nothing changes by itself. */
  readonly changesAtMs: number | undefined;
}

interface Standing {
  readonly resource: MaintenanceResource;
  readonly holds: boolean;
  readonly changesAtMs: number | undefined;
}

function standingOf(resource: MaintenanceResource, nowMs: number): Standing {
  const { window } = resource.spec;
  const state = windowState(window === undefined ? [] : [window], nowMs);
  return { resource, holds: state.open, changesAtMs: state.open ? state.closesAtMs : state.opensAtMs };
}

function smallest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** What the resources that name a node say of it at an instant of the wall clock. */
export function maintenanceOrder(
  resources: readonly MaintenanceResource[],
  node: string,
  nowMs: number,
): MaintenanceOrder {
  const standings = resources
    .filter(({ spec }) => spec.nodes.includes(node))
    .map((resource) => standingOf(resource, nowMs));
  const holding = standings.flatMap(({ holds, resource }) => (holds ? [resource] : []));
  return {
    names: holding.map(({ metadata }) => metadata.name),
    reason: holding.find(({ spec }) => spec.reason !== undefined)?.spec.reason,
    drainDeadlineSeconds: smallest(holding.map(({ spec }) => spec.drainDeadlineSeconds || undefined)),
    changesAtMs: smallest(standings.map(({ changesAtMs }) => changesAtMs)),
  };
}

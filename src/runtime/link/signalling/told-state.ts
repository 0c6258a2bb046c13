import { isRecord } from '../../../model/json.js';
import type { ClusterLoad, OwnState, SignallingLoad, UcNodeState } from '../../signalling-port.js';

const mostUcNodes = 256;
/** As many as a node's configuration may have. */
const mostEdges = 100;
const longestName = 253;
const ucNodeStates: readonly UcNodeState[] = ['up', 'down', 'unknown', 'unsupported'];

/** What is known of a node that has told nothing. */
export const untoldState: OwnState = { load: { registrations: 0, calls: 0 }, ucNodes: {}, draining: false };

/** A finite number that is not negative. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export function isCount(value: unknown): value is number {
  return isAmount(value) && Number.isSafeInteger(value);
}

function tellable<T>(values: Readonly<Record<string, T>>, most: number): Readonly<Record<string, T>> {
  const named = Object.entries(values).filter(([name]) => name.length <= longestName);
  return Object.fromEntries(named.slice(0, most));
}

function tellableLoad({ registrations, calls, cpu, byEdge, cluster }: SignallingLoad): SignallingLoad {
  return {
    registrations: isCount(registrations) ? registrations : 0,
    calls: isCount(calls) ? calls : 0,
    ...(isAmount(cpu) && { cpu }),
    ...(byEdge && { byEdge: tellable(byEdge, mostEdges) }),
    ...(cluster && isCount(cluster.registrations) && isCount(cluster.peak) && { cluster }),
  };
}

/** What can be told of a state: the peer would take anything else for a violation, and close the link. */
export function tellableState({ load, ucNodes, draining }: OwnState): OwnState {
  return { load: tellableLoad(load), ucNodes: tellable(ucNodes, mostUcNodes), draining };
}

function readNamed<T>(
  value: unknown,
  most: number,
  read: (one: unknown) => T,
): Readonly<Record<string, T>> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > most || entries.some(([name]) => name.length > longestName)) return undefined;
  return Object.fromEntries(entries.map(([name, one]) => [name, read(one)]));
}

/** Undefined for what is none, which then counts as untold. */
function readCluster(value: unknown): ClusterLoad | undefined {
  if (!isRecord(value)) return undefined;
  const { registrations, peak, isShared } = value;
  return isCount(registrations) && isCount(peak) && typeof isShared === 'boolean'
    ? { registrations, peak, isShared }
    : undefined;
}

function readLoad(value: unknown): SignallingLoad | undefined {
  if (!isRecord(value)) return undefined;
  const { registrations, calls, cpu } = value;
  if (!isCount(registrations) || !isCount(calls) || !(cpu === undefined || isAmount(cpu))) return undefined;
  const byEdge = readNamed(value['byEdge'] ?? {}, mostEdges, (count) => (isCount(count) ? count : 0));
  if (byEdge === undefined) return undefined;
  const isSplit = value['byEdge'] !== undefined;
  const cluster = readCluster(value['cluster']);
  return {
    registrations,
    calls,
    ...(cpu !== undefined && { cpu }),
    ...(isSplit && { byEdge }),
    ...(cluster && { cluster }),
  };
}

/** A state that only a newer node knows. */
function readUcNodeState(value: unknown): UcNodeState {
  return ucNodeStates.find((one) => one === value) ?? 'unknown';
}

/** Undefined when malformed. */
export function readState(value: unknown): OwnState | undefined {
  if (!isRecord(value)) return undefined;
  const load = readLoad(value['load']);
  const ucNodes = readNamed(value['ucNodes'], mostUcNodes, readUcNodeState);
  const draining = value['draining'];
  if (load === undefined || ucNodes === undefined || typeof draining !== 'boolean') return undefined;
  return { load, ucNodes, draining };
}

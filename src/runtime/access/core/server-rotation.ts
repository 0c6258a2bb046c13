import type { Clock } from '../../../platform/clock.js';
import { newBoundedMap } from '../../store/bounded-map.js';
import type { UcCluster, UcServer } from './uc-cluster.js';

/** Time for which a server that failed is asked last. */
const avoidMs = 10_000;
const maximumServers = 4096;

/** Which server of a cluster is asked next. It is traffic state: it outlives a change of configuration. */
export interface ServerRotation {
  /** All servers of the cluster, a different one first each time, those that failed lately at the end. */
  order(cluster: UcCluster): readonly UcServer[];
  failed(server: UcServer): void;
  answered(server: UcServer): void;
}

/** Round-robin, as Expressway chooses among Unified CM nodes, around servers that are away. */
export function newServerRotation(clock: Clock): ServerRotation {
  const turns = newBoundedMap<number>(maximumServers);
  const failures = newBoundedMap<number>(maximumServers);
  return {
    order(cluster) {
      const turn = (turns.get(cluster.name) ?? 0) % cluster.servers.length;
      turns.set(cluster.name, turn + 1);
      const turned = [...cluster.servers.slice(turn), ...cluster.servers.slice(0, turn)];
      const avoidSince = clock.monotonicMs() - avoidMs;
      const isAway = ({ origin }: UcServer) => (failures.peek(origin) ?? -Infinity) > avoidSince;
      return [...turned.filter((server) => !isAway(server)), ...turned.filter(isAway)];
    },
    failed: ({ origin }) => failures.set(origin, clock.monotonicMs()),
    answered: ({ origin }) => void failures.delete(origin),
  };
}

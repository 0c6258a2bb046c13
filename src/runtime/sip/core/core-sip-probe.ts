import type { ProbeCheck } from '../../../model/health.js';
import type { Clock } from '../../../platform/clock.js';
import { mapParallel } from '../../../platform/parallel.js';
import { check } from '../../probe-check.js';
import type { ServerConnections } from '../transport/server-connections.js';
import type { UcNode } from './uc-nodes.js';

const parallelTrials = 16;

/** A check keeps its name when the host changes: it goes by the position in the list of the resource. */
function namesOf(nodes: readonly UcNode[]) {
  const positions = new Map<string, number>();
  return nodes.map((node) => {
    const position = (positions.get(node.cluster) ?? 0) + 1;
    positions.set(node.cluster, position);
    const resource = `UnifiedCM/${node.cluster}` as const;
    return { node, name: { id: `${resource} node ${position} takes SIP connections`, resource } };
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Error('not within its time'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Tries to reach every UC node for SIP, over the connections that requests take. */
export async function probeUcNodes(
  nodes: readonly UcNode[],
  servers: ServerConnections,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly ProbeCheck[]> {
  const limit = aborted(signal);
  limit.catch(() => undefined);
  return await mapParallel(namesOf(nodes), parallelTrials, ({ node: { server }, name }) =>
    check(name, clock, async () => {
      await Promise.race([servers.probe(server), limit]);
      return `${server.host} port ${server.port} takes SIP over ${server.protocol}`;
    }),
  );
}

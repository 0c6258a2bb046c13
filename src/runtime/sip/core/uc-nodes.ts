import { canonicalHost } from '../../../model/address.js';
import type { UnifiedCMResource } from '../../../model/generated/kinds.js';
import { resourcesOf, type Snapshot } from '../../../model/snapshot.js';
import type { SipServer } from '../transport/sip-server.js';

/** A node of a Unified CM cluster, as SIP reaches it. */
export interface UcNode {
  /** Its host, which names it in routes, health and status. */
  readonly name: string;
  /** Name of the UnifiedCM resource. */
  readonly cluster: string;
  readonly server: SipServer;
}

/** The UC nodes that requests may go to, and no others. */
export interface UcNodes {
  readonly all: readonly UcNode[];
  find(name: string): UcNode | undefined;
}

function nodesOf({ metadata, spec }: UnifiedCMResource): readonly UcNode[] {
  const hosts = spec.nodes?.map(({ host }) => host) ?? [spec.publisher];
  const { sipProtocol, sipPort, sipTlsPort, tls } = spec;
  return hosts.map(canonicalHost).map((host) => {
    const server: SipServer =
      sipProtocol === 'tls'
        ? { host, port: sipTlsPort, protocol: 'TLS', trust: { verify: tls.verify, ca: tls.ca } }
        : { host, port: sipPort, protocol: sipProtocol === 'udp' ? 'UDP' : 'TCP' };
    return { name: host, cluster: metadata.name, server };
  });
}

/** The nodes that a snapshot declares, in the order of clusters and of their lists. */
export function ucNodesOf(snapshot: Snapshot): UcNodes {
  const all = resourcesOf(snapshot, 'UnifiedCM').flatMap(nodesOf);
  const byName = new Map(all.map((node) => [node.name, node]));
  return { all, find: (name) => byName.get(name) };
}

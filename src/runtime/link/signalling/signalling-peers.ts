import type { NodeRole } from '../../../model/plan.js';
import type { CoreNodeConfig, EdgeNodeConfig, ListenAddress, SignallingTlsFiles } from '../../node-config.js';

export interface Peer {
  readonly name: string;
  readonly role: NodeRole;
  readonly certificateName: string;
  /** Where it is dialled; without it the peer dials. */
  readonly at?: { readonly host: string; readonly port: number };
}

/** The signalling section of a node of either role. */
export interface SignallingPlan {
  readonly tls: SignallingTlsFiles;
  readonly listen?: ListenAddress;
  readonly peers: readonly Peer[];
}

/** A node that has signalling links. */
export type SignallingNodeConfig =
  | (Pick<EdgeNodeConfig, 'name' | 'role' | 'hosts'> & Required<Pick<EdgeNodeConfig, 'signalling'>>)
  | (Pick<CoreNodeConfig, 'name' | 'role' | 'hosts'> & Required<Pick<CoreNodeConfig, 'signalling'>>);

/**
 * Says who dials whom: cores dial edges, so that nothing is opened from the DMZ inwards, and of two cores the one whose name
 * sorts first dials, so that there is one connection and not two.
 */
export function signallingPlanOf(node: SignallingNodeConfig): SignallingPlan {
  if (node.role === 'edge') {
    const { tls, listen, cores } = node.signalling;
    return { tls, listen, peers: cores.map((core) => ({ ...core, role: 'core' })) };
  }
  const { tls, listen, edges, cores } = node.signalling;
  const peers: Peer[] = edges.map(({ name, certificateName, ...at }) => ({ name, role: 'edge', certificateName, at }));
  for (const { name, certificateName, ...at } of cores)
    peers.push({ name, role: 'core', certificateName, ...(node.name < name && { at }) });
  return { tls, peers, ...(listen !== undefined && { listen }) };
}

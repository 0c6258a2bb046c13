import { canonicalHost } from '../../../model/address.js';
import type { UnifiedCMResource } from '../../../model/generated/kinds.js';
import { type Destination, originOf } from './allow-list.js';
import type { Upstream, Upstreams } from './upstreams.js';

/** A server of a Unified CM cluster. */
export interface UcServer {
  readonly host: string;
  /** `https://host:port` of UDS. */
  readonly origin: string;
}

/** A Unified CM cluster as the core uses it. */
export interface UcCluster {
  readonly name: string;
  readonly publisher: UcServer;
  /** The servers that clients use: those named by hand, else the publisher until discovery knows more. */
  readonly servers: readonly UcServer[];
  readonly udsPort: number;
  readonly requestTimeoutMs: number;
  readonly upstream: Upstream;
}

/** UDS of a server of the cluster. */
export function udsOf(cluster: UcCluster, server: UcServer): Destination {
  return { scheme: 'https', host: server.host, port: cluster.udsPort };
}

/**
 * A cluster as it is declared.
 * @throws FairleadError `apply.prepare-failed` when its CA certificates cannot be read.
 */
export function ucClusterOf({ metadata, spec }: UnifiedCMResource, upstreams: Upstreams): UcCluster {
  const server = (text: string): UcServer => {
    const host = canonicalHost(text);
    return { host, origin: originOf({ scheme: 'https', host, port: spec.udsPort }) };
  };
  const publisher = server(spec.publisher);
  return {
    name: metadata.name,
    publisher,
    servers: spec.nodes?.map(({ host }) => server(host)) ?? [publisher],
    udsPort: spec.udsPort,
    requestTimeoutMs: spec.requestTimeoutSeconds * 1000,
    upstream: upstreams.hold({ verify: spec.tls.verify, ca: spec.tls.ca }, `UnifiedCM/${metadata.name}`),
  };
}

import { Agent } from 'undici';
import { newStaticHosts, staticLookup } from '../../platform/static-hosts.js';

/** An edge as a client outside sees it. */
export interface EdgeAddress {
  /** The public name, which the certificate must carry. */
  readonly host: string;
  readonly port: number;
}

export interface EdgeTransportOptions {
  /** CA certificates that are trusted, PEM; nothing else is. */
  readonly ca: string;
  /** Addresses of edges by name; others are asked of the system. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Connections to each edge at most; more requests wait for their turn. */
  readonly connections: number;
  /** For an answer to begin, and between two parts of its body. */
  readonly timeoutMs: number;
}

/** Connections to edges over verified TLS, kept alive; many clients may share one. */
export function newEdgeTransport({ ca, hosts, connections, timeoutMs }: EdgeTransportOptions): Agent {
  return new Agent({
    connections,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { ca, lookup: staticLookup(newStaticHosts(hosts)), timeout: timeoutMs },
  });
}

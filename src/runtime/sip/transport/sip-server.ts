/** Whom to believe that a server is who it says. */
export interface ServerTrust {
  /** Chain, dates and name of the certificate are checked; off only where an operator declared it so. */
  readonly verify: boolean;
  /** CA certificates, PEM; undefined for those that Node.js ships. */
  readonly ca?: string | undefined;
}

/** A SIP server that this node connects to. */
export interface SipServer {
  /** Name or address; the name its certificate must carry. */
  readonly host: string;
  readonly port: number;
  readonly protocol: 'UDP' | 'TCP' | 'TLS';
  /** For TLS; verified under the CA certificates of Node.js when absent. */
  readonly trust?: ServerTrust;
}

/** Largest request that goes by UDP while the path's MTU is unknown (RFC 3261 section 18.1.1). */
const maximumUdpRequestBytes = 1300;

/** A CA certificate is long, and the key is asked for with every message. */
const knownKeys = new WeakMap<SipServer, string>();

/** One text per server; servers under another trust are others, so that nothing verified elsewhere is shared. */
export function serverKey(server: SipServer): string {
  const known = knownKeys.get(server);
  if (known !== undefined) return known;
  const { host, port, protocol, trust } = server;
  const place = `${protocol} ${host.toLowerCase()} ${port}`;
  const key = protocol === 'TLS' && trust !== undefined ? `${place} ${String(trust.verify)} ${trust.ca ?? ''}` : place;
  knownKeys.set(server, key);
  return key;
}

/** The server as a request of this size reaches it: over TCP when it is too large for UDP (RFC 3261 section 18.1.1). */
export function serverForRequest(server: SipServer, requestBytes: number): SipServer {
  if (server.protocol !== 'UDP' || requestBytes <= maximumUdpRequestBytes) return server;
  return { ...server, protocol: 'TCP' };
}

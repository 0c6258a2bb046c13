import { isIP } from 'node:net';
import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { SipUri } from '../message/sip-uri.js';
import { takeOwnRoutes, topRoute } from '../proxy/route-set.js';

/** How an edge is reached, and how it knows itself again in a Route. */
export interface EdgeAddressParts {
  /** Name of the node. */
  readonly node: string;
  /** The name clients reach it by. */
  readonly publicName: string;
  readonly tlsPort: () => number;
  readonly tcpPort: () => number | undefined;
}

/** The URIs that an edge puts into messages. */
export class EdgeAddress {
  readonly #parts: EdgeAddressParts;

  constructor(parts: EdgeAddressParts) {
    this.#parts = parts;
  }

  /** `host:port` for a Via towards a client, or over a link. */
  sentBy({ protocol }: Hop): string {
    const { publicName, tlsPort, tcpPort } = this.#parts;
    return `${publicName}:${protocol === 'TCP' ? (tcpPort() ?? 5060) : tlsPort()}`;
  }

  /** The way back to a client through this edge, for Path and Record-Route. The parameter tells cores which link leads here. */
  flowRoute(flow: string, hop: Hop, parameters = ''): string {
    const transport = hop.protocol === 'TLS' ? 'tls' : 'tcp';
    return `<sip:${flow}@${this.sentBy(hop)};transport=${transport};lr;edge=${this.#parts.node}${parameters}>`;
  }

  /** The way that a client should take from now on. */
  serviceRoute(core: string, hop: Hop): string {
    const transport = hop.protocol === 'TLS' ? 'tls' : 'tcp';
    return `<sip:${this.sentBy(hop)};transport=${transport};lr;core=${core}>`;
  }

  /** Takes what names this edge off the top of the Route set, by its name or by an address that clients reach it by; the first one taken. */
  takeOwnRoutes(request: SipMessage): SipUri | undefined {
    const first = topRoute(request);
    const last = takeOwnRoutes(request, (uri) => this.#isOwn(uri));
    return first !== undefined && this.#isOwn(first) ? first : last;
  }

  /** Behind a static NAT the edge does not know the addresses that clients reach it by; its ports tell. */
  #isOwn({ user, host, port, params }: SipUri): boolean {
    const { publicName, tlsPort, tcpPort } = this.#parts;
    if (host === publicName.toLowerCase()) return true;
    if (user !== '' || isIP(host) === 0) return false;
    const isTls = params.get('transport') === 'tls';
    return (port ?? (isTls ? 5061 : 5060)) === (isTls ? tlsPort() : tcpPort());
  }
}

import { takeOwnRoutes } from '../proxy/route-set.js';
import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { SipUri } from '../message/sip-uri.js';

export interface CoreAddressParts {
  /** Name of the node. */
  readonly node: string;
  /** Name or address by which UC servers reach this core. */
  readonly host: string;
  readonly portOf: (protocol: Hop['protocol']) => number;
}

/** The URIs that a core puts into messages. */
export class CoreAddress {
  readonly #parts: CoreAddressParts;

  constructor(parts: CoreAddressParts) {
    this.#parts = parts;
  }

  /** `host:port` at which UC servers reach this core by a protocol. */
  at(protocol: Hop['protocol']): string {
    const { host, portOf } = this.#parts;
    return `${host.includes(':') ? `[${host}]` : host}:${portOf(protocol)}`;
  }

  /** This core in a Path or Record-Route; its name tells edges which link leads here, and the parameter which UC node is beyond. */
  route(protocol: Hop['protocol'], ucNode: string): string {
    const { node } = this.#parts;
    return `<sip:${node}@${this.at(protocol)};transport=${protocol.toLowerCase()};lr;uc=${ucNode}>`;
  }

  /** Takes what names this core off the top of the Route set; the last one taken. */
  takeOwnRoutes(request: SipMessage): SipUri | undefined {
    return takeOwnRoutes(request, (uri) => this.isOwn(uri));
  }

  isOwn({ user, host }: SipUri): boolean {
    return user === this.#parts.node && host === this.#parts.host.toLowerCase();
  }
}

import { FairleadError } from '../../errors.js';
import { type XmlElement, childrenNamed, parseXmlTree, textOf } from './xml-tree.js';

/** One server of a discovered service, as an SRV record would say it. */
export interface ServiceServer {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly address: string;
}

/** Where a client finds a protocol. */
export interface EdgeServer {
  readonly address: string;
  readonly port: number;
}

/** What a client learns when it signs in. */
export interface EdgeConfig {
  /** By service name, such as `_cisco-uds`; empty for a service that was not found. */
  readonly services: ReadonlyMap<string, readonly ServiceServer[]>;
  readonly sipServers: readonly EdgeServer[];
  readonly sipRoutes: readonly string[];
  readonly xmppServers: readonly EdgeServer[];
  readonly httpServers: readonly EdgeServer[];
  /** Where UDS of the user is asked, in the order of preference. */
  readonly udsServers: readonly EdgeServer[];
}

function wholeNumber(element: XmlElement, name: string): number {
  const text = textOf(element, name);
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new FairleadError('lab.unexpected', `${element.name}/${name} of the edge config is "${text.slice(0, 40)}"`);
}

function edgeServers(config: XmlElement, name: string, portName: 'port' | 'tlsPort'): readonly EdgeServer[] {
  const servers = childrenNamed(config, name).flatMap((element) => childrenNamed(element, 'server'));
  return servers.map((server) => ({ address: textOf(server, 'address'), port: wholeNumber(server, portName) }));
}

function serviceServers(service: XmlElement): readonly ServiceServer[] {
  return childrenNamed(service, 'server').map((server) => ({
    priority: wholeNumber(server, 'priority'),
    weight: wholeNumber(server, 'weight'),
    port: wholeNumber(server, 'port'),
    address: textOf(server, 'address'),
  }));
}

/**
 * Reads the edge-config document as a client does.
 * @throws FairleadError `lab.unexpected` when it is not one.
 */
export function parseEdgeConfig(text: string): EdgeConfig {
  const root = parseXmlTree(text);
  const [config] = childrenNamed(root, 'edgeConfig');
  if (root.name !== 'getEdgeConfigResponse' || config === undefined) {
    throw new FairleadError('lab.unexpected', `the answer to the sign-in is a document "${root.name}"`);
  }
  const services = childrenNamed(root, 'serviceConfig').flatMap((element) => childrenNamed(element, 'service'));
  return {
    services: new Map(services.map((service) => [textOf(service, 'name'), serviceServers(service)])),
    sipServers: edgeServers(config, 'sipEdgeServer', 'tlsPort'),
    sipRoutes: childrenNamed(config, 'sipRequest').map((request) => textOf(request, 'route')),
    xmppServers: edgeServers(config, 'xmppEdgeServer', 'port'),
    httpServers: edgeServers(config, 'httpEdgeServer', 'port'),
    udsServers: edgeServers(config, 'userUdsServer', 'tlsPort'),
  };
}

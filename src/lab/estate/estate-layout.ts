import { loopbackAddress } from '../uc-server/loopback-uc-nodes.js';
import { freePort } from './free-port.js';

export interface EstateEdge {
  readonly role: 'edge';
  readonly name: string;
  /** The name clients reach it by, and its certificate carries. */
  readonly host: string;
  readonly adminPort: number;
  readonly accessPort: number;
  readonly linkPort: number;
  readonly signallingPort: number;
  readonly sipTlsPort: number;
  readonly sipTcpPort: number;
}

export interface EstateCore {
  readonly role: 'core';
  readonly name: string;
  /** The name its certificate carries. */
  readonly host: string;
  readonly adminPort: number;
  readonly signallingPort: number;
  readonly sipTcpPort: number;
}

export type EstateNode = EstateEdge | EstateCore;

/** How many of what an estate has; one edge, one core and two UC nodes unless it says otherwise. */
export interface EstateSize {
  readonly edges?: number;
  readonly cores?: number;
  readonly ucNodes?: number;
}

/** Names and ports of an estate; everything listens on loopback. */
export interface EstateLayout {
  readonly cluster: string;
  readonly domain: string;
  readonly edges: readonly EstateEdge[];
  readonly cores: readonly EstateCore[];
  /** The publisher first. */
  readonly ucHosts: readonly string[];
  /** UDS port of every UC node. */
  readonly ucPort: number;
  /** SIP port of every UC node, TCP and UDP. */
  readonly ucSipPort: number;
  /** SIP over TLS port of every UC node. */
  readonly ucSipTlsPort: number;
  readonly ucControlPort: number;
  readonly reconcilerPort: number;
}

const loopback = '127.0.0.1';
const estateDomain = 'lab.example';

function named(prefix: string, count: number): readonly { readonly name: string; readonly host: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${prefix}-${index + 1}`;
    return { name, host: `${name}.${estateDomain}` };
  });
}

/** The names of an estate, without ports. */
export function estateNames({ edges = 1, cores = 1, ucNodes = 2 }: EstateSize) {
  return {
    edges: named('edge', edges),
    cores: named('core', cores),
    ucHosts: named('cucm', ucNodes).map(({ host }) => host),
  };
}

/** Names and free ports for an estate of a size. */
export async function newEstateLayout(size: EstateSize): Promise<EstateLayout> {
  const names = estateNames(size);
  const taken = new Set<number>();
  const take = async (...addresses: readonly string[]) => {
    const port = await freePort(addresses, taken);
    taken.add(port);
    return port;
  };
  const edges: EstateEdge[] = [];
  for (const edge of names.edges) {
    const [adminPort, accessPort] = [await take(loopback), await take(loopback)];
    const sipPorts = { sipTlsPort: await take(loopback), sipTcpPort: await take(loopback) };
    const linkPorts = { linkPort: await take(loopback), signallingPort: await take(loopback) };
    edges.push({ ...edge, role: 'edge', adminPort, accessPort, ...sipPorts, ...linkPorts });
  }
  const cores: EstateCore[] = [];
  for (const core of names.cores) {
    const [adminPort, signallingPort] = [await take(loopback), await take(loopback)];
    cores.push({ ...core, role: 'core', adminPort, signallingPort, sipTcpPort: await take(loopback) });
  }
  const ucAddresses = names.ucHosts.map((_, index) => loopbackAddress(index));
  return {
    cluster: 'lab',
    domain: estateDomain,
    edges,
    cores,
    ucHosts: names.ucHosts,
    ucPort: await take(...ucAddresses),
    ucSipPort: await take(...ucAddresses),
    ucSipTlsPort: await take(...ucAddresses),
    ucControlPort: await take(loopback),
    reconcilerPort: await take(loopback),
  };
}

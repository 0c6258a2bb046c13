import type { LabCertificateOptions } from '../certificates/lab-certificates.js';
import { type EstateSize, estateNames } from './estate-layout.js';
import { auditor } from './node-document.js';

/** The certificates and keys that an estate of a size needs; also what `fairlead lab certs` makes. */
export function estateCertificates(size: EstateSize): LabCertificateOptions {
  const { edges, cores, ucHosts } = estateNames(size);
  const nodes = [...edges, ...cores].map(({ name, host }) => ({
    name,
    hosts: [
      { type: 'dns', value: host } as const,
      { type: 'dns', value: 'localhost' } as const,
      { type: 'ip', value: '127.0.0.1' } as const,
    ],
  }));
  const ucServers = ucHosts.map((host) => ({ name: host, hosts: [{ type: 'dns', value: host } as const] }));
  return {
    servers: [...nodes, ...ucServers],
    clients: [auditor],
    cores: cores.map(({ name }) => name),
    nodes: nodes.map(({ name }) => name),
  };
}

import { readFile } from 'node:fs/promises';
import type { Credential } from '../certificates/authority.js';
import type { CredentialFiles, LabCertificatePaths } from '../certificates/certificate-paths.js';
import type { LabUcNode } from './lab-unified-cm.js';

async function read({ certFile, keyFile }: CredentialFiles): Promise<Credential> {
  return { certificate: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

/** Loopback address of the node at an index: one per node, because all listen on one port. */
export function loopbackAddress(index: number): string {
  return `127.0.1.${index + 1}`;
}

/** Nodes on 127.0.1.1, 127.0.1.2 and so on, with the certificates that `writeLabCertificates` made under their host names. */
export async function loopbackUcNodes(
  hosts: readonly string[],
  certificates: LabCertificatePaths,
): Promise<readonly LabUcNode[]> {
  return await Promise.all(
    hosts.map(async (host, index) => ({
      host,
      address: loopbackAddress(index),
      certificate: await read(certificates.server(host)),
      wrongCertificate: await read(certificates.unrelatedServer(host)),
    })),
  );
}

import { loopbackAddress } from '../uc-server/loopback-uc-nodes.js';
import type { EstateCore, EstateEdge, EstateLayout, EstateNode } from './estate-layout.js';
import type { EstatePaths } from './estate-paths.js';

/** Texts that stand in a node's configuration and are known only when keys and tokens are written. */
export interface NodeDocumentTexts {
  /** SHA-256 of a node's tokens, hex. */
  readonly applyTokenSha256: string;
  readonly operatorTokenSha256: string;
  /** Public link keys by node, OpenSSH form. */
  readonly linkPublicKeys: Readonly<Record<string, string>>;
}

const loopback = '127.0.0.1';

function adminOf(node: EstateNode, { certificates }: EstatePaths, texts: NodeDocumentTexts) {
  return {
    listen: { host: loopback, port: node.adminPort },
    tls: { ...certificates.server(node.name), clientCaFile: certificates.authority.certFile },
    identities: [
      { name: 'reconciler', scopes: ['apply'], tokenSha256: texts.applyTokenSha256 },
      { name: 'operator', scopes: ['operate'], tokenSha256: texts.operatorTokenSha256 },
      { name: auditor, scopes: ['read'], clientCommonName: auditor },
    ],
  };
}

function signallingTls({ name }: EstateNode, { certificates }: EstatePaths) {
  return { ...certificates.signalling(name), caFile: certificates.authority.certFile };
}

function edgeSip(edge: EstateEdge, layout: EstateLayout, paths: EstatePaths) {
  return {
    signalling: {
      listen: { host: loopback, port: edge.signallingPort },
      tls: signallingTls(edge, paths),
      cores: layout.cores.map(({ name, host }) => ({ name, certificateName: host })),
    },
    sip: {
      tls: { host: loopback, port: edge.sipTlsPort },
      tcp: { host: loopback, port: edge.sipTcpPort },
    },
  };
}

function coreSip(core: EstateCore, { edges, cores }: EstateLayout, paths: EstatePaths) {
  const dialled = ({ name, host, signallingPort }: EstateNode) => ({
    ...{ name, certificateName: host, host: loopback, port: signallingPort },
  });
  return {
    signalling: {
      listen: { host: loopback, port: core.signallingPort },
      tls: signallingTls(core, paths),
      edges: edges.map(dialled),
      cores: cores.filter(({ name }) => name !== core.name).map(dialled),
    },
    // By address: nothing resolves the names of the lab.
    sip: { advertisedHost: loopback, tcp: { host: loopback, port: core.sipTcpPort } },
  };
}

/** Common name of the client certificate that may read every node. */
export const auditor = 'lab-auditor';

/** What `node.yaml` of a node says; the shape is the product's, restated because the lab stands outside of it. */
export function nodeDocument(
  node: EstateNode,
  layout: EstateLayout,
  paths: EstatePaths,
  texts: NodeDocumentTexts,
): Readonly<Record<string, unknown>> {
  const { certificates } = paths;
  const keyOf = (name: string) => texts.linkPublicKeys[name] ?? '';
  const hostKey = certificates.linkKey(node.name).privateKeyFile;
  const verificationKeysFile = certificates.tokenVerificationKeys;
  const base = {
    name: node.name,
    role: node.role,
    cluster: layout.cluster,
    stateDir: paths.nodeState(node.name),
    logLevel: 'info',
    admin: adminOf(node, paths, texts),
  };
  if (node.role === 'edge') {
    return {
      ...base,
      access: {
        listen: { host: loopback, port: node.accessPort },
        tls: certificates.server(node.name),
        publicName: node.host,
      },
      link: {
        listen: { host: loopback, port: node.linkPort },
        hostKeyFile: hostKey,
        cores: layout.cores.map(({ name }) => ({ name, publicKey: keyOf(name) })),
      },
      ...edgeSip(node, layout, paths),
      tokens: { verificationKeysFile },
    };
  }
  return {
    ...base,
    hosts: Object.fromEntries(layout.ucHosts.map((host, index) => [host, loopbackAddress(index)])),
    link: {
      clientKeyFile: hostKey,
      edges: layout.edges.map(({ name, linkPort }) => ({ name, host: loopback, port: linkPort, hostKey: keyOf(name) })),
    },
    ...coreSip(node, layout, paths),
    tokens: { signingKeyFile: certificates.tokenSigningKey(node.name), verificationKeysFile },
  };
}

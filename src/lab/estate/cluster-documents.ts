import type { EstateLayout, EstateNode } from './estate-layout.js';

/** A document of the repository as an author would write it. */
export interface AuthoredDocument {
  readonly apiVersion: 'fairlead.dev/v1';
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: unknown;
}

/** What an estate's documents say beside names and ports. */
export interface ClusterTerms {
  /** The lab CA, PEM. */
  readonly ca: string;
  readonly confirmDeadlineSeconds: number;
  readonly probeTimeoutSeconds: number;
  readonly pollIntervalSeconds: number;
  readonly unreachableNodesTolerated: number;
  /** More documents, or others in the place of those with the same kind and name. */
  readonly documents: readonly AuthoredDocument[];
}

/** Name of the account by which the cores read the UC cluster. */
export const readerAccount = 'fairlead-reader';
/** Its password, below the secrets directory. */
export const readerPasswordFile = 'cucm-reader.password';

/** A document of a kind. */
export function authored(kind: string, name: string, spec: unknown): AuthoredDocument {
  return { apiVersion: 'fairlead.dev/v1', kind, metadata: { name }, spec };
}

function clusterDocument({ cluster, edges, cores }: EstateLayout, ca: string): AuthoredDocument {
  const entry = ({ name, host, adminPort }: EstateNode) => ({
    name,
    admin: {
      url: `https://127.0.0.1:${adminPort}`,
      serverName: host,
      tokenRef: { file: `${name}-admin.token` },
      ca,
    },
  });
  return authored('Cluster', cluster, { bases: ['base'], edges: edges.map(entry), cores: cores.map(entry) });
}

function policyDocument(terms: ClusterTerms): AuthoredDocument {
  const { confirmDeadlineSeconds, probeTimeoutSeconds, pollIntervalSeconds, unreachableNodesTolerated } = terms;
  return authored('SyncPolicy', 'default', {
    drift: { default: 'correct' },
    rollout: { confirmDeadlineSeconds, probeTimeoutSeconds },
    unreachableNodesTolerated,
    pollIntervalSeconds,
  });
}

function unifiedCmDocument(layout: EstateLayout, ca: string): AuthoredDocument {
  const { ucHosts, ucPort, ucSipPort, ucSipTlsPort } = layout;
  const [publisher] = ucHosts;
  return authored('UnifiedCM', 'cucm-lab', {
    publisher,
    udsPort: ucPort,
    sipPort: ucSipPort,
    sipTlsPort: ucSipTlsPort,
    credentials: { username: readerAccount, passwordRef: { file: readerPasswordFile } },
    tls: { verify: true, ca },
    requestTimeoutSeconds: 2,
  });
}

function allowRuleDocument(host: string, port: number): AuthoredDocument {
  const [name = host] = host.split('.');
  return authored('AllowRule', `${name}-uds`, {
    url: `https://${host}:${port}/cucm-uds`,
    methods: ['GET'],
    match: 'prefix',
    description: `User data services of ${name}`,
  });
}

/** The documents of the estate's cluster by file name, below its directory; the base documents are not among them. */
export function clusterDocuments(
  layout: EstateLayout,
  terms: ClusterTerms,
): ReadonlyMap<string, readonly AuthoredDocument[]> {
  const { ca } = terms;
  const replaced = new Set(terms.documents.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const files: readonly (readonly [string, readonly AuthoredDocument[]])[] = [
    ['cluster.yaml', [clusterDocument(layout, ca), policyDocument(terms)]],
    ['domains.yaml', [authored('Domain', layout.domain, { sip: true })]],
    ['unified-cm.yaml', [unifiedCmDocument(layout, ca)]],
    ['allow-list.yaml', layout.ucHosts.map((host) => allowRuleDocument(host, layout.ucPort))],
    ['more.yaml', []],
  ];
  const kept = files.map(([name, documents]) => {
    const own = documents.filter(({ kind, metadata }) => !replaced.has(`${kind}/${metadata.name}`));
    return [name, name === 'more.yaml' ? terms.documents : own] as const;
  });
  return new Map(kept.filter(([, documents]) => documents.length > 0));
}

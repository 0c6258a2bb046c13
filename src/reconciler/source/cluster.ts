import { isRecord } from '../../model/json.js';
import type { Resource, ResourceKey, SourceRef } from '../../model/snapshot.js';
import { newSnapshot } from '../../model/snapshot.js';
import type { Inheritance } from './bases.js';
import { overlappingRanges } from './checks/address-ranges.js';
import { unverifiableHosts } from './checks/certificate-names.js';
import type { CheckedCluster, ClusterCheck } from './checks/cluster-check.js';
import { missingNodes } from './checks/cluster-nodes.js';
import { repeatedNodeNames } from './checks/node-names.js';
import { danglingReferences } from './checks/references.js';
import type { Finding } from './finding.js';
import { findingOn, layer, schemaFindings, validOf, type ValidResource } from './layered.js';
import type { PlacedDocument, Territory } from './layout.js';
import { kindOf, nameOf } from './source-file.js';

/** What a cluster's documents give. */
export interface ClusterOutcome {
  /** As its Cluster document says; its directory when that cannot be read. */
  readonly name: string;
  readonly cluster: PlacedDocument;
  /** Its own directory, then what it inherits from. */
  readonly territories: readonly Territory[];
  readonly resources: ReadonlyMap<ResourceKey, Resource>;
  readonly sources: ReadonlyMap<ResourceKey, SourceRef>;
  /** What is wrong, but for faults that keep a file from being read. */
  readonly findings: readonly Finding[];
}

const checks: readonly ClusterCheck[] = [
  danglingReferences,
  overlappingRanges,
  unverifiableHosts,
  repeatedNodeNames,
  missingNodes,
];

/** The documents of one directory and all below it by `Kind/name`, and those that cannot be told by it. */
interface Shelf {
  readonly byKey: ReadonlyMap<string, PlacedDocument>;
  readonly nameless: readonly PlacedDocument[];
  readonly findings: readonly Finding[];
}

function duplicate(second: PlacedDocument, first: PlacedDocument, key: string): readonly Finding[] {
  const message = `${key} is written twice`;
  const complaint = {
    code: 'resource.duplicate',
    pointer: '/metadata/name',
    message,
    found: key,
    allowed: 'each kind and name once',
    related: [first],
  } as const;
  return findingOn({ layers: [second], value: second.document.value }, complaint);
}

function shelve(documents: readonly PlacedDocument[]): Shelf {
  const byKey = new Map<string, PlacedDocument>();
  const nameless: PlacedDocument[] = [];
  const findings: Finding[] = [];
  for (const one of documents) {
    const [kind, name] = [kindOf(one.document), nameOf(one.document)];
    const key = `${kind ?? ''}/${name ?? ''}`;
    const first = byKey.get(key);
    if (kind === undefined || name === undefined) nameless.push(one);
    else if (first === undefined) byKey.set(key, one);
    else findings.push(...duplicate(one, first, key));
  }
  return { byKey, nameless, findings };
}

function documentsOf({ files }: Territory): readonly PlacedDocument[] {
  return files.flatMap((file) => file.content.documents.map((document) => ({ file, document })));
}

/** What a cluster declares itself; of several Cluster documents only its own. */
function ownDocuments(territory: Territory, { document: own }: PlacedDocument): readonly PlacedDocument[] {
  const others = new Set(territory.clusters.map(({ document }) => document).filter((document) => document !== own));
  return documentsOf(territory).filter(({ document }) => !others.has(document));
}

/** What a cluster takes from a base: everything but the Cluster document of a base that is a cluster itself. */
function inheritedFrom(base: Territory): readonly PlacedDocument[] {
  return documentsOf(base).filter(({ document }) => kindOf(document) !== 'Cluster');
}

/** The documents of each resource, the weakest first. */
function layersOf(shelves: readonly Shelf[]): readonly (readonly [PlacedDocument, ...PlacedDocument[]])[] {
  const layers = new Map<string, [PlacedDocument, ...PlacedDocument[]]>();
  for (const { byKey } of shelves) {
    for (const [key, one] of byKey) {
      const below = layers.get(key);
      if (below === undefined) layers.set(key, [one]);
      else below.push(one);
    }
  }
  const nameless = shelves.flatMap((shelf) => shelf.nameless.map((one): [PlacedDocument] => [one]));
  return [...layers.values(), ...nameless];
}

function isSound(layers: readonly PlacedDocument[]): boolean {
  return layers.every(({ document }) => document.sound);
}

/** Names of nodes as far as the Cluster document can be read. */
function nodesOf({ document: { value } }: PlacedDocument): readonly string[] {
  const spec: unknown = isRecord(value) ? value['spec'] : undefined;
  const lists: unknown[] = isRecord(spec) ? [spec['edges'], spec['cores']] : [];
  const nodes = lists.flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []));
  return nodes.flatMap((node) => (isRecord(node) && typeof node['name'] === 'string' ? [node['name']] : []));
}

function compareKeys({ key: a }: ValidResource, { key: b }: ValidResource): number {
  return a < b ? -1 : Number(a > b);
}

function sourceOf({ layers }: ValidResource): SourceRef {
  const [strongest, ...inherited] = layers
    .map(({ file, document: { start } }) => ({ path: file.path, ...start }))
    .toReversed();
  const source = strongest ?? { path: '', line: 1, column: 1 };
  return inherited.length === 0 ? source : { ...source, inherited };
}

function checkTogether(cluster: CheckedCluster): readonly Finding[] {
  return checks.flatMap((check) => check(cluster));
}

function severalClusters({ clusters }: Territory): readonly Finding[] {
  const [first, ...others] = clusters;
  if (first === undefined) return [];
  return others.map((other) => {
    const message = 'the directory declares more than one cluster';
    const complaint = {
      code: 'cluster.several',
      pointer: '/kind',
      message,
      allowed: 'one Cluster document',
      related: [first],
    } as const;
    return { ...other, ...complaint, at: 'value', found: nameOf(other.document) ?? '' };
  });
}

/** Compiles one cluster with what it inherits: merges, checks each resource and then all together. Pure. */
export function compileCluster(
  territory: Territory,
  cluster: PlacedDocument,
  inheritance: Inheritance,
): ClusterOutcome {
  const { bases } = inheritance;
  const shelves = [...bases.map((base) => shelve(inheritedFrom(base))), shelve(ownDocuments(territory, cluster))];
  const layered = layersOf(shelves).filter(isSound).map(layer);
  const valid = layered.flatMap((one) => validOf(one) ?? []);
  const declared = new Set(shelves.flatMap(({ byKey }) => [...byKey.keys()]));
  const resources = newSnapshot(
    '',
    valid.map(({ resource }) => resource),
  ).resources;
  return {
    name: nameOf(cluster.document) ?? territory.directory,
    cluster,
    territories: [territory, ...bases],
    resources,
    sources: new Map(valid.toSorted(compareKeys).map((one) => [one.key, sourceOf(one)])),
    findings: [
      ...severalClusters(territory),
      ...inheritance.findings,
      ...shelves.flatMap((shelf) => shelf.findings),
      ...layered.flatMap(schemaFindings),
      ...checkTogether({ resources: valid, declared, nodes: nodesOf(cluster) }),
    ],
  };
}

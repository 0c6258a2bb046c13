import type { AnyResource, Kind } from './generated/kinds.js';

export type Resource = AnyResource;
export type ResourceKey = `${Kind}/${string}`;
export type ResourceOf<K extends Kind> = Extract<AnyResource, { kind: K }>;

/** The whole configuration of a node or a cluster as a value: desired and observed are the same type. */
export interface Snapshot {
  /** The Git commit it came from; `''` for a node that never saw one. */
  readonly revision: string;
  /** In the order of their keys. */
  readonly resources: ReadonlyMap<ResourceKey, Resource>;
}

/** Where in the repository a resource is written. */
export interface SourceRef {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** The documents of bases that this one is merged over, the strongest first. */
  readonly inherited?: readonly SourceRef[];
}

/** A compiled cluster of a repository: a snapshot that knows where each resource is written. */
export interface Declaration extends Snapshot {
  readonly cluster: string;
  readonly sources: ReadonlyMap<ResourceKey, SourceRef>;
}

/** A snapshot as it travels and rests: resources in the order of their keys. */
export interface SnapshotDocument {
  readonly revision: string;
  readonly resources: readonly Resource[];
}

export function keyOf(resource: Resource): ResourceKey {
  return `${resource.kind}/${resource.metadata.name}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Builds a snapshot in canonical order; of two resources with one key the later wins. */
export function newSnapshot(revision: string, resources: Iterable<Resource>): Snapshot {
  const entries = [...resources].map((resource) => [keyOf(resource), resource] as const);
  return { revision, resources: new Map(entries.toSorted(([a], [b]) => compareText(a, b))) };
}

export function documentOf(snapshot: Snapshot): SnapshotDocument {
  return { revision: snapshot.revision, resources: [...snapshot.resources.values()] };
}

function isOfKind<K extends Kind>(resource: Resource, kind: K): resource is ResourceOf<K> {
  return resource.kind === kind;
}

/** The resources of one kind, in the order of their names. */
export function resourcesOf<K extends Kind>(snapshot: Snapshot, kind: K): readonly ResourceOf<K>[] {
  const found: ResourceOf<K>[] = [];
  for (const resource of snapshot.resources.values()) if (isOfKind(resource, kind)) found.push(resource);
  return found;
}

/** The resource of a kind that exists at most once, if it is declared. */
export function singleOf<K extends Kind>(snapshot: Snapshot, kind: K): ResourceOf<K> | undefined {
  return resourcesOf(snapshot, kind)[0];
}

export const emptySnapshot: Snapshot = { revision: '', resources: new Map() };

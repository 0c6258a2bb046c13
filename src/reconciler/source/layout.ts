import { isRecord } from '../../model/json.js';
import { isOurs, kindOf, type SourceDocument, type SourceFile } from './source-file.js';
import type { TreeFile, TreeRefusal } from './tree.js';

/** A file of a tree with what it says. */
export interface ReadFile extends TreeFile {
  readonly content: SourceFile;
}

/** A document and the file it stands in. */
export interface PlacedDocument {
  readonly file: ReadFile;
  readonly document: SourceDocument;
}

/** A directory with what belongs to it: what is in it and below it, up to the next such directory. */
export interface Territory {
  /** `''` is the root. */
  readonly directory: string;
  readonly files: readonly ReadFile[];
  readonly refusals: readonly TreeRefusal[];
  /** Its Cluster documents: none in a directory that is only a base. */
  readonly clusters: readonly PlacedDocument[];
}

/** How a source is divided. */
export interface Layout {
  /** Directories with a Cluster document and directories that one names as a base, by path, in its order. */
  readonly territories: ReadonlyMap<string, Territory>;
  /** What belongs to no territory. */
  readonly unclaimed: Pick<Territory, 'files' | 'refusals'>;
}

/** The directory of a path; `''` for the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The directory of a path and all above it, the innermost first. */
export function* directoriesAbove(path: string): Generator<string> {
  for (let at = directoryOf(path); ; at = directoryOf(at)) {
    yield at;
    if (at === '') return;
  }
}

/** The bases that a Cluster document names, as far as they can be read. */
export function basesOf({ document }: PlacedDocument): readonly string[] {
  const spec: unknown = isRecord(document.value) ? document.value['spec'] : undefined;
  const bases: unknown = isRecord(spec) ? spec['bases'] : undefined;
  return Array.isArray(bases) ? bases.filter((base) => typeof base === 'string') : [];
}

/** Tells whether a document declares a cluster of ours, broken as it may be; other systems have Clusters, too. */
function isCluster(document: SourceDocument): boolean {
  return kindOf(document) === 'Cluster' && isOurs(document, true);
}

function clusterDocuments(files: readonly ReadFile[]): readonly PlacedDocument[] {
  return files.flatMap((file) => file.content.documents.filter(isCluster).map((document) => ({ file, document })));
}

interface Draft {
  readonly files: ReadFile[];
  readonly refusals: TreeRefusal[];
  readonly clusters: PlacedDocument[];
}

function newDraft(): Draft {
  return { files: [], refusals: [], clusters: [] };
}

function draftOf(path: string, drafts: ReadonlyMap<string, Draft>): Draft | undefined {
  for (const directory of directoriesAbove(path)) {
    const draft = drafts.get(directory);
    if (draft !== undefined) return draft;
  }
  return undefined;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Divides the files of a source among its clusters and bases. */
export function layOut(files: readonly ReadFile[], refusals: readonly TreeRefusal[]): Layout {
  const clusters = clusterDocuments(files);
  const drafts = new Map<string, Draft>();
  for (const cluster of clusters) {
    const draft = drafts.get(directoryOf(cluster.file.path)) ?? newDraft();
    drafts.set(directoryOf(cluster.file.path), draft);
    draft.clusters.push(cluster);
    for (const base of basesOf(cluster)) drafts.set(base, drafts.get(base) ?? newDraft());
  }
  const unclaimed = newDraft();
  for (const file of files) (draftOf(file.path, drafts) ?? unclaimed).files.push(file);
  for (const refusal of refusals) (draftOf(refusal.path, drafts) ?? unclaimed).refusals.push(refusal);
  const sorted = [...drafts].toSorted(([a], [b]) => compareText(a, b));
  return { territories: new Map(sorted.map(([directory, draft]) => [directory, { directory, ...draft }])), unclaimed };
}

import type { AnyResource } from '../../model/generated/kinds.js';
import { type Json, isRecord } from '../../model/json.js';
import { isKind } from '../../model/kinds.js';
import { keyOf, type ResourceKey } from '../../model/snapshot.js';
import { checkResource, type CheckedResource } from '../../model/validate.js';
import { segmentsOf } from '../../model/yaml/pointer.js';
import type { Finding } from './finding.js';
import type { PlacedDocument } from './layout.js';
import { mergePatch } from './merge.js';
import type { SourceDocument, SourceFile } from './source-file.js';

/** A resource as a cluster has it: the documents that were merged, the weakest first, and what they give. */
export interface LayeredResource {
  readonly layers: readonly PlacedDocument[];
  /** What the documents say together, as their authors wrote it. */
  readonly value: Json;
  readonly checked: CheckedResource;
}

/** A layered resource that is valid. */
export interface ValidResource extends LayeredResource {
  readonly resource: AnyResource;
  readonly key: ResourceKey;
}

/** What is wrong with a resource, before it is known which document says so. */
export type Complaint = Pick<Finding, 'code' | 'message' | 'found' | 'allowed' | 'mend'> &
  Partial<Pick<Finding, 'pointer' | 'at' | 'related'>>;

const checkedAlone = new WeakMap<SourceDocument, CheckedResource>();

function checkAlone(document: SourceDocument): CheckedResource {
  const before = checkedAlone.get(document);
  if (before !== undefined) return before;
  const checked = checkResource(document.value);
  checkedAlone.set(document, checked);
  return checked;
}

/** Checks the documents of a file ahead of time: before all files are read, nobody knows what is merged over them. */
export function checkAhead({ documents }: SourceFile): void {
  for (const document of documents) if (document.sound) checkAlone(document);
}

/** Merges documents with one kind and name, the weakest first, and checks what that gives. */
export function layer(layers: readonly [PlacedDocument, ...PlacedDocument[]]): LayeredResource {
  const [{ document }, ...over] = layers;
  if (over.length === 0) return { layers, value: document.value, checked: checkAlone(document) };
  // A merge may leave nothing but nulls behind, so the weakest document is a patch, too.
  const value = layers.reduce<Json>((target, { document: patch }) => mergePatch(target, patch.value), null);
  return { layers, value, checked: checkResource(value) };
}

/** The resource with its key when it is valid. */
export function validOf(layered: LayeredResource): ValidResource | undefined {
  const { resource } = layered.checked;
  return resource === undefined ? undefined : { ...layered, resource, key: keyOf(resource) };
}

/** How many steps of a path lead somewhere in a value. */
function stepsInto(value: unknown, segments: readonly string[]): number {
  let at = value;
  for (const [step, segment] of segments.entries()) {
    const next: unknown = Array.isArray(at)
      ? at[Number(segment)]
      : isRecord(at) && Object.hasOwn(at, segment)
        ? at[segment]
        : undefined;
    if (next === undefined) return step;
    at = next;
  }
  return segments.length;
}

/** The document that wrote what stands at a pointer: the strongest of those that go furthest along it. */
function writerOf(layers: readonly PlacedDocument[], pointer: string): PlacedDocument | undefined {
  const segments = segmentsOf(pointer);
  let writer: PlacedDocument | undefined;
  let furthest = -1;
  for (const one of layers) {
    const steps = stepsInto(one.document.value, segments);
    if (steps >= furthest) [writer, furthest] = [one, steps];
  }
  return writer;
}

function nameOfResource(value: Json): Pick<Finding, 'resource'> {
  const kind = isRecord(value) ? value['kind'] : undefined;
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  if (typeof kind !== 'string' || !isKind(kind) || typeof name !== 'string') return {};
  return { resource: `${kind}/${name}` };
}

/** Places a complaint about a resource in the document that wrote what it is about; the other layers are related. */
export function findingOn(
  { layers, value }: Pick<LayeredResource, 'layers' | 'value'>,
  complaint: Complaint,
): readonly Finding[] {
  const { pointer = '', at = 'value', related = [], message, ...rest } = complaint;
  const writer = writerOf(layers, pointer);
  if (writer === undefined) return [];
  const others = layers.filter((one) => one !== writer);
  const said = others.length === 0 ? message : `${message} (after merging ${layers.length} documents)`;
  return [
    { ...writer, ...rest, ...nameOfResource(value), pointer, at, message: said, related: [...related, ...others] },
  ];
}

/** What the schema has against a resource. */
export function schemaFindings(layered: LayeredResource): readonly Finding[] {
  return layered.checked.problems.flatMap(({ code, pointer, at, message, found, allowed, mend }) =>
    findingOn(layered, { code, pointer, at, message, found, allowed, mend }),
  );
}

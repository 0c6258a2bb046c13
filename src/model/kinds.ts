import type { Interruption } from './change.js';
import { expand } from './expand.js';
import { kinds, type Kind } from './generated/kinds.js';
import { commonSchema, kindSchemas } from './generated/schemas.js';
import type { NodeRole } from './plan.js';
import type { Schema } from './schema.js';

/** How the engine treats a kind, as its schema says (docs/kinds.md). */
export interface KindInfo {
  readonly kind: Kind;
  /** Waves are applied in ascending order, and deleted in descending order. */
  readonly wave: number;
  /** The nodes that get it; none when the reconciler alone reads it. */
  readonly roles: readonly NodeRole[];
  /** The field of the spec that names the nodes which get it, where not all of these roles do. */
  readonly nodesField: string | undefined;
  readonly cardinality: 'one' | 'many';
  /** Deleting the last one is guarded. */
  readonly keepLast: boolean;
  /** The names of the members, for a kind whose members exist by themselves. */
  readonly fixedSet: readonly string[] | undefined;
  readonly interrupts: Interruption;
  /** Without references: everything a `$ref` names stands in its place. */
  readonly schema: Schema;
}

/** What the schema says about one field. */
export interface FieldTraits {
  readonly interrupts: Interruption;
  readonly refreshes: boolean;
  /** The field is a reference to a secret, or a part of one. */
  readonly secret: boolean;
  /** The field is put in by the reconciler and refused in Git. */
  readonly rendered: boolean;
  /** The items of the array have no order. */
  readonly set: boolean;
  /** The property by which the items of the array are known. */
  readonly key: string | undefined;
}

function readInfo(kind: Kind): KindInfo {
  const schema = kindSchemas[kind];
  return {
    kind,
    wave: schema['x-wave'],
    roles: schema['x-roles'],
    nodesField: schema['x-nodes'],
    cardinality: schema['x-cardinality'],
    keepLast: schema['x-keep-last'] ?? false,
    fixedSet: schema['x-fixed-set'],
    interrupts: schema['x-interrupts'],
    schema: expand({ schema, file: schema, common: commonSchema }),
  };
}

const known = new Map<Kind, KindInfo>();

/** Every kind, in the order of waves, then names. */
export const allKinds: readonly Kind[] = kinds;

/** Tells whether a text is the name of a kind, letter case included. */
export function isKind(text: string): text is Kind {
  return Object.hasOwn(kindSchemas, text);
}

export function kindInfo(kind: Kind): KindInfo {
  const before = known.get(kind);
  if (before !== undefined) return before;
  const info = readInfo(kind);
  known.set(kind, info);
  return info;
}

/** The schema of a member of an object, of any item of an array, or of any value of a map. */
function childOf(schema: Schema, segment: string): Schema | undefined {
  const { properties, additionalProperties, items } = schema;
  if (properties !== undefined && Object.hasOwn(properties, segment)) return properties[segment];
  return items ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
}

/** The schemas from a whole resource down to the field, as far as they exist. */
function schemasAlong(kind: Kind, pointer: string): readonly Schema[] {
  const path = [kindInfo(kind).schema];
  for (const segment of pointer.split('/').slice(1)) {
    const child = childOf(path.at(-1) ?? {}, segment.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (child === undefined) break;
    path.push(child);
  }
  return path;
}

/**
 * What the schema says about the field at a JSON pointer inside a resource; what it does not say there holds from the
 * nearest field around it. An array item may be named by its index or by its key.
 */
export function fieldTraits(kind: Kind, pointer: string): FieldTraits {
  const path = schemasAlong(kind, pointer);
  const field = path.at(-1) ?? {};
  return {
    interrupts: path.findLast((schema) => schema['x-interrupts'] !== undefined)?.['x-interrupts'] ?? 'nothing',
    refreshes: path.findLast((schema) => schema['x-refreshes'] !== undefined)?.['x-refreshes'] ?? false,
    secret: path.some((schema) => schema['x-secret'] === true),
    rendered: field['x-rendered'] ?? false,
    set: field['x-set'] ?? false,
    key: field['x-key'],
  };
}

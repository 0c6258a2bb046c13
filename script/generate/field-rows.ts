import { follow, type SchemaPlace } from '../../src/model/expand.js';
import type { Schema } from '../../src/model/schema.js';

/** A field of a kind or of a shared shape, as the manual lists it. */
export interface FieldRow {
  /** With `[]` behind an array and `<name>` for the names of a map. */
  readonly path: string;
  readonly schema: Schema;
  /** Of the items of an array, or of the values of a map. */
  readonly inner: Schema | undefined;
  /** The definition that its value, or each of its items, is; the manual explains it once. */
  readonly shape: string | undefined;
  readonly required: boolean;
  readonly interrupts: string;
  readonly refreshes: boolean;
}

interface Around {
  readonly path: string;
  readonly required: boolean;
  readonly interrupts: string;
  readonly refreshes: boolean;
}

function isShape(schema: Schema): boolean {
  return schema.type === 'object' && schema.properties !== undefined;
}

/** Follows a reference to the end; says which shared shape it named on the way, if any. */
function resolve(place: SchemaPlace): { readonly place: SchemaPlace; readonly shape: string | undefined } {
  const { $ref, ...own } = place.schema;
  if ($ref === undefined) return { place, shape: undefined };
  const target = resolve(follow($ref, place));
  const schema = { ...target.place.schema, ...own };
  const isShared = target.place.file === place.common && isShape(target.place.schema);
  return { place: { ...target.place, schema }, shape: isShared ? $ref.slice($ref.lastIndexOf('/') + 1) : target.shape };
}

/** The schema of the items of an array or of the values of a map. */
function innerOf(place: SchemaPlace): ReturnType<typeof resolve> | undefined {
  const { items, additionalProperties } = place.schema;
  const inner = items ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  return inner === undefined ? undefined : resolve({ ...place, schema: inner });
}

function* rowsOfField(field: SchemaPlace, around: Around): Generator<FieldRow> {
  const { place, shape } = resolve(field);
  const { schema } = place;
  const inner = innerOf(place);
  const own = {
    ...around,
    interrupts: schema['x-interrupts'] ?? around.interrupts,
    refreshes: schema['x-refreshes'] ?? around.refreshes,
  };
  yield { ...own, schema, shape: shape ?? inner?.shape, inner: inner?.place.schema };
  if (shape !== undefined || inner?.shape !== undefined) return;
  if (inner === undefined) yield* fieldRows(place, own);
  else yield* fieldRows(inner.place, { ...own, path: `${own.path}[]` });
}

/** The fields below a schema, each before its own fields; the fields of shared shapes are left out. */
export function* fieldRows(place: SchemaPlace, around: Omit<Around, 'required'>): Generator<FieldRow> {
  const { properties = {}, required = [] } = place.schema;
  for (const [name, schema] of Object.entries(properties)) {
    const path = around.path === '' ? name : `${around.path}.${name}`;
    yield* rowsOfField({ ...place, schema }, { ...around, path, required: required.includes(name) });
  }
}

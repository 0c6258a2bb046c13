import type { Schema } from './schema.js';

/** A schema and the files that its references mean. */
export interface SchemaPlace {
  readonly schema: Schema;
  /** The file it stands in, which `#/` references mean. */
  readonly file: Schema;
  /** The file of shared definitions, which other references mean. */
  readonly common: Schema;
}

function mapValues(
  members: Readonly<Record<string, Schema>>,
  change: (schema: Schema) => Schema,
): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, change(schema)]));
}

/** What a reference that stands in a file points to. */
export function follow($ref: string, { file, common }: Omit<SchemaPlace, 'schema'>): SchemaPlace {
  const [path = '', pointer = ''] = $ref.split('#');
  const target = path === '' ? file : common;
  const schema = target.$defs?.[pointer.replace('/$defs/', '')];
  if (schema === undefined) throw new TypeError(`no schema defines ${$ref}`);
  return { schema, file: target, common };
}

/** A copy of a schema in which every reference is replaced by what it names; what stands beside a reference wins. */
export function expand(place: SchemaPlace): Schema {
  const { $ref, ...own } = place.schema;
  const inner = (schema: Schema): Schema => expand({ ...place, schema });
  const { properties, items, additionalProperties } = own;
  const expanded = {
    ...own,
    ...(properties === undefined ? {} : { properties: mapValues(properties, inner) }),
    ...(items === undefined ? {} : { items: inner(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: inner(additionalProperties) } : {}),
  };
  return $ref === undefined ? expanded : { ...expand(follow($ref, place)), ...expanded };
}

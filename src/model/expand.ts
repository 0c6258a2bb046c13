import { commonSchema } from './generated/schemas.js';
import type { Schema } from './schema.js';

function mapValues(
  members: Readonly<Record<string, Schema>>,
  change: (schema: Schema) => Schema,
): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, change(schema)]));
}

/** What `$ref` points to, and the file whose `#/` references inside of it mean. */
function follow($ref: string, file: Schema): readonly [Schema, Schema] {
  const [path = '', pointer = ''] = $ref.split('#');
  const target = path === '' ? file : commonSchema;
  const found = target.$defs?.[pointer.replace('/$defs/', '')];
  if (found === undefined) throw new TypeError(`no schema defines ${$ref}`);
  return [found, target];
}

/** A copy of a schema in which every reference is replaced by what it names; what stands beside a reference wins. */
export function expand(schema: Schema, file: Schema): Schema {
  const { $ref, ...own } = schema;
  const inner = (part: Schema): Schema => expand(part, file);
  const { properties, items, additionalProperties } = own;
  const expanded = {
    ...own,
    ...(properties === undefined ? {} : { properties: mapValues(properties, inner) }),
    ...(items === undefined ? {} : { items: inner(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: inner(additionalProperties) } : {}),
  };
  return $ref === undefined ? expanded : { ...expand(...follow($ref, file)), ...expanded };
}

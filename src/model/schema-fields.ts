import type { Kind } from './generated/kinds.js';
import { isRecord } from './json.js';
import { kindInfo } from './kinds.js';
import type { Schema } from './schema.js';
import { childPointer } from './value-text.js';

/** A value of a document with what its schema says about it. */
export interface Field {
  readonly pointer: string;
  readonly value: unknown;
  readonly schema: Schema;
}

/** Gives the fields of a document, in the order of the schema, that a finder looks for. */
export type FieldFinder = (kind: Kind, value: unknown) => readonly Field[];

function childrenOf({ properties = {}, items, additionalProperties }: Schema): readonly Schema[] {
  const values = typeof additionalProperties === 'object' ? [additionalProperties] : [];
  return [...Object.values(properties), ...(items === undefined ? [] : [items]), ...values];
}

function* membersOf(
  { properties = {}, items, additionalProperties }: Schema,
  value: unknown,
): Generator<readonly [string, unknown, Schema]> {
  if (Array.isArray(value)) {
    if (items !== undefined) for (const [index, item] of value.entries()) yield [String(index), item, items];
  } else if (isRecord(value)) {
    for (const [name, schema] of Object.entries(properties))
      if (value[name] !== undefined) yield [name, value[name], schema];
    if (typeof additionalProperties !== 'object') return;
    for (const [name, member] of Object.entries(value))
      if (!Object.hasOwn(properties, name)) yield [name, member, additionalProperties];
  }
}

/** Makes a finder of the fields whose schema meets a condition; it never looks where no such field can be. */
export function newFieldFinder(isWanted: (schema: Schema) => boolean): FieldFinder {
  const known = new WeakMap<Schema, boolean>();
  const leadsToOne = (schema: Schema): boolean => {
    const leads = known.get(schema) ?? (isWanted(schema) || childrenOf(schema).some(leadsToOne));
    known.set(schema, leads);
    return leads;
  };
  function* walk(schema: Schema, value: unknown, pointer: string): Generator<Field> {
    if (!leadsToOne(schema)) return;
    if (isWanted(schema)) yield { pointer, value, schema };
    for (const [name, member, child] of membersOf(schema, value))
      yield* walk(child, member, childPointer(pointer, name));
  }
  return (kind, value) => [...walk(kindInfo(kind).schema, value, '')];
}

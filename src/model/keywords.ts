import type { FuncKeywordDefinition } from 'ajv';
import { isRecord } from './json.js';
import type { Schema } from './schema.js';

/** Annotations of schemas that the engine reads and validation passes over. */
export const annotationKeywords = [
  'x-wave',
  'x-roles',
  'x-nodes',
  'x-cardinality',
  'x-interrupts',
  'x-keep-last',
  'x-fixed-set',
  'x-member-defaults',
  'x-secret',
  'x-rendered',
  'x-refreshes',
  'x-set',
  'x-ordered',
  'x-references',
] as const;

function keyOf(item: unknown, key: string): unknown {
  return isRecord(item) ? item[key] : undefined;
}

/** The index of the first item whose key another item before it has; letter case counts for nothing. */
export function repeatedIndex(items: readonly unknown[], key: string): number {
  const seen = new Set<string>();
  return items.findIndex((item) => {
    const value = keyOf(item, key);
    if (typeof value !== 'string') return false;
    const isRepeated = seen.has(value.toLowerCase());
    seen.add(value.toLowerCase());
    return isRepeated;
  });
}

const uniqueKey: FuncKeywordDefinition = {
  keyword: 'x-key',
  type: 'array',
  schemaType: 'string',
  validate: (key: string, items: readonly unknown[]) => repeatedIndex(items, key) < 0,
};

function numberAt(data: Readonly<Record<string, unknown>>, schema: Schema, name: string): number | undefined {
  const value = data[name] ?? schema.properties?.[name]?.default;
  return typeof value === 'number' ? value : undefined;
}

/** The values of the two properties, defaults included, when both are numbers. */
export function boundsOf(data: unknown, schema: Schema): readonly [number, number] | undefined {
  const [lower = '', higher = ''] = schema['x-ascending'] ?? [];
  if (!isRecord(data)) return undefined;
  const [low, high] = [numberAt(data, schema, lower), numberAt(data, schema, higher)];
  return low === undefined || high === undefined ? undefined : [low, high];
}

const ascending: FuncKeywordDefinition = {
  keyword: 'x-ascending',
  type: 'object',
  schemaType: 'array',
  validate: (_names: readonly string[], data: unknown, schema?: Schema) => {
    const bounds = boundsOf(data, schema ?? {});
    return bounds === undefined || bounds[0] < bounds[1];
  },
};

/** Annotations that validation checks: unique keys of the items of an array, and two numbers in ascending order. */
export const checkedKeywords: readonly FuncKeywordDefinition[] = [uniqueKey, ascending];

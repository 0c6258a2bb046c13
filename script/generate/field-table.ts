import type { Json } from '../../src/model/json.js';
import type { Schema } from '../../src/model/schema.js';
import type { FieldRow } from './field-rows.js';

function code(value: Json | undefined): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Keeps a text from ending its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function bounds(low: number | undefined, high: number | undefined, unit: string): string {
  if (low !== undefined && low === high) return `, ${low}${unit}`;
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}${unit}`;
  if (high !== undefined) return `, at most ${high}${unit}`;
  return low === undefined ? '' : `, at least ${low}${unit}`;
}

function isUnordered(schema: Schema): boolean {
  return schema['x-set'] === true || (schema['x-key'] !== undefined && schema['x-ordered'] !== true);
}

function listType(schema: Schema, item: string): string {
  const key = schema['x-key'] === undefined ? '' : ` known by \`${schema['x-key']}\``;
  const reference = schema['x-references'] === undefined ? '' : `, each a ${schema['x-references']} that exists`;
  const count = bounds(schema.minItems, schema.maxItems, ' items');
  return `${isUnordered(schema) ? 'set' : 'list'} of ${item}${key}${count}${reference}`;
}

function scalarType(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(' | ');
  if (schema.type === 'integer') return `integer${bounds(schema.minimum, schema.maximum, '')}`;
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'object') return 'mapping';
  const form = schema.format ?? (schema.pattern === undefined ? undefined : code(schema.pattern));
  return `${form ?? 'text'}${bounds(schema.minLength, schema.maxLength, ' characters')}`;
}

function typeText({ schema, inner, shape }: FieldRow): string {
  const link = shape === undefined ? undefined : `[${shape}](#${shape.toLowerCase()})`;
  const named = link ?? scalarType(inner ?? schema);
  if (schema.type === 'array') return listType(schema, named);
  if (inner !== undefined) return `map of name to ${named}`;
  return schema['x-references'] === undefined ? named : `${named}, a ${schema['x-references']} that exists`;
}

function defaultText({ schema, required }: FieldRow): string {
  if (required) return '**required**';
  const isOwn = schema.default !== undefined && schema.properties === undefined;
  return isOwn ? code(schema.default) : '';
}

function effect({ interrupts, refreshes }: FieldRow): string {
  return refreshes ? `${interrupts}; refreshes` : interrupts;
}

/** A table of fields; `withEffects` adds what a change of each interrupts. */
export function renderFields(rows: Iterable<FieldRow>, withEffects: boolean): string {
  const head = ['field', 'type and range', 'default', ...(withEffects ? ['a change interrupts'] : []), 'what it does'];
  const lines = [head, head.map(() => '---')];
  for (const row of rows) {
    const effects = withEffects ? [effect(row)] : [];
    lines.push([code(row.path), typeText(row), defaultText(row), ...effects, row.schema.description ?? '']);
  }
  return lines.map((cells) => `| ${cells.map(cell).join(' | ')} |\n`).join('');
}

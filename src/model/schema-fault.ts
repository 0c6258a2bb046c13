import { isRecord } from './json.js';
import { boundsOf, repeatedIndex } from './keywords.js';
import { nearest } from './nearest.js';
import type { Schema } from './schema.js';
import type { SchemaProblem } from './schema-problem.js';
import { textFormats } from './text-formats.js';
import { childPointer, fieldPath, listed, shown, wanted } from './value-text.js';

/** An error of the validator with its parts typed. */
export interface Fault {
  readonly keyword: string;
  readonly pointer: string;
  readonly value: unknown;
  readonly schema: Schema;
  readonly params: Readonly<Record<string, unknown>>;
  /** The value as a message may show it. */
  readonly found: string;
}

/** What is said about a fault; what is left out is said in the same way about every fault. */
export type Explanation = Omit<SchemaProblem, 'keyword' | 'found' | 'pointer' | 'at' | 'mend'> &
  Partial<Pick<SchemaProblem, 'found' | 'pointer' | 'at' | 'mend'>>;

function unknownField({ pointer, params, schema }: Fault): Explanation {
  const name = String(params['additionalProperty'] ?? params['propertyName']);
  const names = Object.keys(schema.properties ?? {});
  const candidates = names.length > 0 ? names : (schema.propertyNames?.enum ?? []);
  const meant = nearest(name, candidates);
  return {
    code: 'schema.unknown-field',
    pointer: childPointer(pointer, name),
    at: 'key',
    message: `there is no field ${shown(name)} in ${fieldPath(pointer)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    found: shown(name),
    allowed: listed(candidates, 'or'),
    mend: meant === undefined ? 'Remove the field.' : `Write ${meant}, or remove the field.`,
  };
}

function missingField({ pointer, params, schema }: Fault): Explanation {
  const name = String(params['missingProperty']);
  return {
    code: 'schema.missing-field',
    at: 'key',
    message: `${fieldPath(childPointer(pointer, name))} is missing`,
    found: '',
    allowed: wanted(schema.properties?.[name] ?? {}),
    mend: `Add ${name}.`,
  };
}

function wrongType({ pointer, value, schema, found: shownValue }: Fault): Explanation {
  const allowed = wanted(schema);
  const found = typeof value === 'string' ? 'text' : shownValue;
  const message = `${fieldPath(pointer)} is ${found}; it must be ${allowed}`;
  return { code: 'schema.type', message, found, allowed, mend: `Write ${allowed}.` };
}

function wrongValue({ pointer, value, schema, found }: Fault): Explanation {
  const allowed = wanted(schema);
  const message = `${fieldPath(pointer)} is ${found}; it must be ${allowed}`;
  if (pointer === '/apiVersion') return { code: 'schema.api-version', message, allowed };
  if (pointer === '/metadata/name')
    return { code: schema.enum ? 'resource.fixed-set' : 'resource.name', message, allowed };
  const meant = typeof value === 'string' ? nearest(value, schema.enum ?? []) : undefined;
  return { code: 'schema.value', message, allowed, ...(meant === undefined ? {} : { mend: `Write ${meant}.` }) };
}

function outOfRange({ pointer, schema, found }: Fault): Explanation {
  const allowed = wanted(schema);
  const message = `${fieldPath(pointer)} is ${found}; it must be ${allowed}`;
  return { code: 'schema.range', message, allowed, mend: `Write ${allowed}.` };
}

const measures = {
  minLength: ['at least', 'character'],
  maxLength: ['at most', 'character'],
  minItems: ['at least', 'item'],
  maxItems: ['at most', 'item'],
  maxProperties: ['at most', 'member'],
} as const;

function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return Object.keys(value ?? {}).length;
}

function wrongLength(keyword: keyof typeof measures): (fault: Fault) => Explanation {
  const [bound, unit] = measures[keyword];
  return ({ pointer, value, params }) => {
    const allowed = `${bound} ${String(params['limit'])} ${unit}${params['limit'] === 1 ? '' : 's'}`;
    const message = `${fieldPath(pointer)} has ${sizeOf(value)} ${unit}s; it must have ${allowed}`;
    return { code: 'schema.length', message, found: `${sizeOf(value)} ${unit}s`, allowed };
  };
}

function wrongPattern({ pointer, schema, found }: Fault): Explanation {
  const allowed = `the form ${schema.pattern ?? ''}`;
  const example = schema.examples?.[0];
  return {
    code: 'schema.pattern',
    message: `${fieldPath(pointer)} is ${found}; it must have ${allowed}`,
    allowed,
    ...(example === undefined ? {} : { mend: `Write it in the form of ${shown(example)}.` }),
  };
}

function wrongFormat({ pointer, value, schema, found }: Fault): Explanation {
  const format = textFormats.get(schema.format ?? '');
  const allowed = format?.expectation ?? 'a date and time with its offset, such as 2026-01-05T06:00:00Z';
  const complaint = typeof value === 'string' ? format?.complaint(value) : undefined;
  return {
    code: 'schema.format',
    message: `${fieldPath(pointer)} is ${found}; it must be ${allowed}${complaint === undefined ? '' : `: ${complaint}`}`,
    allowed,
    mend: `Write ${allowed}.`,
  };
}

function repeatedItem({ pointer, params }: Fault): Explanation {
  const [first, second] = [Number(params['j']), Number(params['i'])].toSorted((a, b) => a - b);
  const message = `${fieldPath(pointer)} holds the same item twice, at ${first ?? 0} and ${second ?? 0}`;
  return { code: 'schema.not-unique', pointer: `${pointer}/${second ?? 0}`, message, allowed: 'each item once' };
}

function repeatedKey({ pointer, value, schema }: Fault): Explanation {
  const key = schema['x-key'] ?? '';
  const index = Array.isArray(value) ? repeatedIndex(value, key) : 0;
  return {
    code: 'schema.not-unique',
    pointer: `${pointer}/${index}/${key}`,
    message: `${fieldPath(pointer)} holds two items with the same ${key}`,
    allowed: `each ${key} once`,
    mend: `Change the ${key} of one of the two, or remove it.`,
  };
}

function combination(
  amount: 'exactly one' | 'at least one',
  choices: 'oneOf' | 'anyOf',
): (fault: Fault) => Explanation {
  return ({ pointer, value, schema }) => {
    const names = (schema[choices] ?? []).flatMap(({ required = [] }) => required);
    const present = isRecord(value) ? names.filter((name) => value[name] !== undefined) : [];
    const allowed = `${amount} of ${listed(names, 'and')}`;
    return {
      code: 'schema.combination',
      at: 'key',
      message: `${fieldPath(pointer)} must have ${allowed}`,
      found: listed(present, 'and'),
      allowed,
      mend: `Write ${allowed}.`,
    };
  };
}

function notAscending({ pointer, value, schema }: Fault): Explanation {
  const [lower = '', higher = ''] = schema['x-ascending'] ?? [];
  const [low = 0, high = 0] = boundsOf(value, schema) ?? [];
  return {
    code: 'schema.combination',
    message: `${fieldPath(childPointer(pointer, lower))} is ${low}; it must be lower than ${higher}, which is ${high}`,
    found: `${low} and ${high}`,
    allowed: `${lower} lower than ${higher}`,
    mend: `Lower ${lower}, or raise ${higher}.`,
  };
}

/** How each keyword is told; one that is not here is told by another error. */
export const explanations: ReadonlyMap<string, (fault: Fault) => Explanation> = new Map([
  ['additionalProperties', unknownField],
  ['propertyNames', unknownField],
  ['required', missingField],
  ['type', wrongType],
  ['const', wrongValue],
  ['enum', wrongValue],
  ['minimum', outOfRange],
  ['maximum', outOfRange],
  ['minLength', wrongLength('minLength')],
  ['maxLength', wrongLength('maxLength')],
  ['minItems', wrongLength('minItems')],
  ['maxItems', wrongLength('maxItems')],
  ['maxProperties', wrongLength('maxProperties')],
  ['pattern', wrongPattern],
  ['format', wrongFormat],
  ['uniqueItems', repeatedItem],
  ['x-key', repeatedKey],
  ['oneOf', combination('exactly one', 'oneOf')],
  ['anyOf', combination('at least one', 'anyOf')],
  ['x-ascending', notAscending],
]);

import { FairleadError } from '../errors.js';
import type { AnyResource, Kind } from './generated/kinds.js';
import { canonicalJson, isRecord } from './json.js';
import { isKind, kindInfo } from './kinds.js';
import type { Schema } from './schema.js';
import { textFormats } from './text-formats.js';

/** A resource as its author wrote it: valid by its schema, with defaults left out. Every resource is one, too. */
export interface AuthoredResource {
  readonly kind: Kind;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** Gives the canonical form of a value; a value of another sort than expected comes back as it is. */
type Canonicalizer = (value: unknown) => unknown;

interface Member {
  readonly name: string;
  readonly canonical: Canonicalizer;
  /** What stands there when nothing does. */
  readonly absent: unknown;
}

function unchanged(value: unknown): unknown {
  return value;
}

function objectCanonicalizer(properties: Readonly<Record<string, Schema>>): Canonicalizer {
  const members = Object.entries(properties).map(([name, schema]): Member => {
    const canonical = canonicalizerOf(schema);
    return { name, canonical, absent: schema.default === undefined ? undefined : canonical(schema.default) };
  });
  return (value) => {
    if (!isRecord(value)) return value;
    const filled: Record<string, unknown> = {};
    for (const { name, canonical, absent } of members) {
      const own = value[name];
      const member = own === undefined ? absent : canonical(own);
      if (member !== undefined) filled[name] = member;
    }
    return filled;
  };
}

function mapCanonicalizer(values: Schema): Canonicalizer {
  const canonical = canonicalizerOf(values);
  return (map) => {
    if (!isRecord(map)) return map;
    const sorted = Object.keys(map).toSorted();
    return Object.fromEntries(sorted.map((name) => [name, canonical(map[name])]));
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Sorts by a text made of each item once; of items with the same text the first stays when `unique`. */
function sortedBy(items: readonly unknown[], textOf: (item: unknown) => string, unique: boolean): readonly unknown[] {
  const texts = items.map((item) => [textOf(item), item] as const).toSorted(([a], [b]) => compareText(a, b));
  const kept = unique ? texts.filter(([text], index) => index === 0 || text !== texts[index - 1]?.[0]) : texts;
  return kept.map(([, item]) => item);
}

function keyText(key: string): (item: unknown) => string {
  return (item) => (isRecord(item) ? canonicalJson(item[key]) : canonicalJson(item));
}

function arrayCanonicalizer(schema: Schema): Canonicalizer {
  const canonical = canonicalizerOf(schema.items ?? {});
  const key = schema['x-ordered'] === true ? undefined : schema['x-key'];
  return (items) => {
    if (!Array.isArray(items)) return items;
    const each = items.map(canonical);
    if (schema['x-set'] === true) return sortedBy(each, canonicalJson, true);
    return key === undefined ? each : sortedBy(each, keyText(key), false);
  };
}

function canonicalizerOf(schema: Schema): Canonicalizer {
  const { properties, additionalProperties, type, format = '' } = schema;
  if (properties !== undefined) return objectCanonicalizer(properties);
  if (typeof additionalProperties === 'object') return mapCanonicalizer(additionalProperties);
  if (type === 'array') return arrayCanonicalizer(schema);
  const textFormat = textFormats.get(format);
  if (textFormat === undefined) return unchanged;
  return (value) => (typeof value === 'string' ? textFormat.canonical(value) : value);
}

const plans = new Map<Kind, Canonicalizer>();

function planOf(kind: Kind): Canonicalizer {
  const known = plans.get(kind);
  if (known !== undefined) return known;
  const plan = canonicalizerOf(kindInfo(kind).schema);
  plans.set(kind, plan);
  return plan;
}

/** True for what a plan makes of a valid document: the plan of a kind fills in everything that its type demands. */
function isFilled(value: unknown): value is AnyResource {
  return isRecord(value) && typeof value['kind'] === 'string' && isKind(value['kind']);
}

/**
 * The one form of a valid resource: defaults filled in, members in the order of the schema, sets sorted and without
 * repetition, hosts, addresses and URLs in their canonical text. Normalizing twice changes nothing more.
 */
export function normalize(resource: AuthoredResource): AnyResource {
  const filled = planOf(resource.kind)(resource);
  if (!isFilled(filled)) throw new FairleadError('internal', `a ${resource.kind} lost its kind`);
  return filled;
}

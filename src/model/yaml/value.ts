import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { type Json, isRecord } from '../json.js';
import type { ProblemCode } from '../problem-codes.js';
import { tooDeep } from './compose.js';
import { faultAt, type YamlFault } from './fault.js';
import type { YamlLimits } from './limits.js';
import { pointerOf } from './pointer.js';

/** What an anchor stands for: the value and its weight in values, or undefined while it is still being read. */
interface Anchored {
  readonly value: Json;
  readonly weight: number;
}

/** One walk over a document that makes its value and finds what the parser lets pass, in linear time. */
interface Walk {
  readonly limits: YamlLimits;
  readonly text: string;
  readonly faults: YamlFault[];
  readonly anchors: Map<string, Anchored | undefined>;
  readonly path: string[];
  aliases: number;
  weight: number;
}

/** Thrown to leave a walk whose document is beyond a limit; its fault is noted already. */
class WalkEnded extends Error {}

type Ranged = { readonly range?: readonly number[] | null | undefined };

function note(walk: Walk, node: Ranged, code: ProblemCode, message: string, allowed: string): void {
  const [start = 0, end = start] = node.range ?? [];
  walk.faults.push(faultAt(walk.text, start, end, { code, message, allowed, pointer: pointerOf(walk.path) }));
}

function end(walk: Walk, node: Ranged, code: ProblemCode, message: string, allowed: string): never {
  note(walk, node, code, message, allowed);
  throw new WalkEnded();
}

function weigh(walk: Walk, node: Ranged, values: number): void {
  walk.weight += values;
  const { values: most } = walk.limits;
  if (walk.weight > most)
    end(walk, node, 'yaml.expansion', 'The document holds too many values', `at most ${most} values`);
}

function valueOfScalar(walk: Walk, node: Scalar): Json {
  const { value } = node;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
    return value;
  note(walk, node, 'yaml.number', 'The number cannot be kept exactly', 'a finite number of at most 15 digits, or text');
  return null;
}

function valueOfAlias(walk: Walk, node: Alias): Json {
  walk.aliases += 1;
  const { aliases } = walk.limits;
  if (walk.aliases > aliases)
    end(walk, node, 'yaml.too-many-aliases', 'The document uses too many aliases', `at most ${aliases} aliases`);
  const anchored = walk.anchors.get(node.source);
  if (anchored === undefined) {
    if (walk.anchors.has(node.source)) end(walk, node, 'yaml.expansion', 'The alias contains itself', '');
    note(walk, node, 'yaml.unknown-alias', `No anchor named ${node.source} stands before the alias`, '');
    return null;
  }
  weigh(walk, node, anchored.weight);
  return anchored.value;
}

/** The mapping or mappings behind a merge key, the strongest first. */
function mergedMappings(walk: Walk, pair: Pair, depth: number): readonly Readonly<Record<string, Json>>[] {
  const value = valueOf(walk, pair.value, depth);
  const mappings = (Array.isArray(value) ? value : [value]).filter((one: Json) => isMapping(one));
  if (mappings.length === 0 || (Array.isArray(value) && mappings.length < value.length))
    note(
      walk,
      rangedOf(pair.value),
      'yaml.merge',
      'A merge key holds something other than mappings',
      'a mapping, or a list of mappings',
    );
  return mappings;
}

function isMapping(value: Json): value is Readonly<Record<string, Json>> {
  return isRecord(value);
}

function rangedOf(node: unknown): Ranged {
  return isScalar(node) || isAlias(node) || isMap(node) || isSeq(node) ? node : {};
}

function keyOf(walk: Walk, { key }: Pair, seen: ReadonlyMap<string, unknown>): string | undefined {
  if (!isScalar(key) || typeof key.value !== 'string') {
    note(
      walk,
      rangedOf(key),
      'yaml.key-not-text',
      'The key is not text',
      'text, in quotes where YAML reads it otherwise',
    );
    return undefined;
  }
  if (seen.has(key.value)) {
    walk.path.push(key.value);
    note(
      walk,
      key,
      'yaml.duplicate-key',
      `The key ${JSON.stringify(key.value)} stands twice in the mapping`,
      'each key once',
    );
    walk.path.pop();
  }
  return key.value;
}

function valueOfMap(walk: Walk, node: YAMLMap, depth: number): Json {
  const entries = new Map<string, Json>();
  const merged: Readonly<Record<string, Json>>[] = [];
  for (const pair of node.items) {
    if (isMergeKey(pair.key)) {
      merged.push(...mergedMappings(walk, pair, depth));
      continue;
    }
    const key = keyOf(walk, pair, entries);
    walk.path.push(key ?? '');
    const value = valueOf(walk, pair.value, depth);
    walk.path.pop();
    if (key !== undefined) entries.set(key, value);
  }
  for (const mapping of merged)
    for (const [key, value] of Object.entries(mapping)) if (!entries.has(key)) entries.set(key, value);
  return Object.fromEntries(entries);
}

/** Tells a plain `<<` from any other key. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

function contentOf(walk: Walk, node: unknown, depth: number): Json {
  if (isScalar(node)) return valueOfScalar(walk, node);
  if (isMap(node)) return valueOfMap(walk, node, depth + 1);
  if (!isSeq(node)) return null;
  return node.items.map((item, index) => {
    walk.path.push(String(index));
    const value = valueOf(walk, item, depth + 1);
    walk.path.pop();
    return value;
  });
}

function valueOf(walk: Walk, node: unknown, depth: number): Json {
  if (isAlias(node)) return valueOfAlias(walk, node);
  if (depth > walk.limits.depth) {
    const { code, message, allowed } = tooDeep(walk.limits);
    end(walk, rangedOf(node), code, message, allowed);
  }
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  const before = walk.weight;
  weigh(walk, rangedOf(node), 1);
  if (anchor !== undefined) walk.anchors.set(anchor, undefined);
  const value = contentOf(walk, node, depth);
  if (anchor !== undefined) walk.anchors.set(anchor, { value, weight: walk.weight - before });
  return value;
}

/** What a document says as a JSON value, and what is wrong with it beyond syntax; null where a value cannot be told. */
export function valueOfDocument(
  document: Document,
  text: string,
  limits: YamlLimits,
): { readonly value: Json; readonly faults: readonly YamlFault[] } {
  const walk: Walk = { limits, text, faults: [], anchors: new Map(), path: [], aliases: 0, weight: 0 };
  try {
    return { value: valueOf(walk, document.contents, 0), faults: walk.faults };
  } catch (error) {
    if (!(error instanceof WalkEnded)) throw error;
    return { value: null, faults: walk.faults };
  }
}

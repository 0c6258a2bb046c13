import type { FieldChange } from '../model/change.js';
import type { Kind } from '../model/generated/kinds.js';
import { canonicalJson, isRecord } from '../model/json.js';
import { fieldTraits } from '../model/kinds.js';
import type { Resource } from '../model/snapshot.js';
import { childPointer } from '../model/value-text.js';

type Items = readonly unknown[];

function isSame(before: unknown, after: unknown): boolean {
  return before === after || canonicalJson({ value: before }) === canonicalJson({ value: after });
}

function leaf(kind: Kind, pointer: string, before: unknown, after: unknown): FieldChange {
  const { interrupts, refreshes } = fieldTraits(kind, pointer);
  return { pointer, before, after, interrupts, refreshes };
}

/** A mapping that is not there has no members, so that adding one is told member by member. */
function asMembers(value: unknown, other: unknown): Readonly<Record<string, unknown>> | undefined {
  if (isRecord(value)) return value;
  return value === undefined && isRecord(other) && Object.keys(other).length > 0 ? {} : undefined;
}

function keysOf(items: Items, key: string): ReadonlyMap<string, unknown> {
  return new Map(items.map((item) => [isRecord(item) ? String(item[key]) : canonicalJson(item), item]));
}

function membersDiffer(
  kind: Kind,
  pointer: string,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): readonly FieldChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name) => differences(kind, childPointer(pointer, name), before.get(name), after.get(name)));
}

/** By key; when the same items are only in another order, the array as a whole. */
function itemsDiffer(kind: Kind, pointer: string, before: Items, after: Items): readonly FieldChange[] {
  const { key } = fieldTraits(kind, pointer);
  if (key === undefined) return [leaf(kind, pointer, before, after)];
  const found = membersDiffer(kind, pointer, keysOf(before, key), keysOf(after, key));
  return found.length > 0 ? found : [leaf(kind, pointer, before, after)];
}

function differences(kind: Kind, pointer: string, before: unknown, after: unknown): readonly FieldChange[] {
  if (isSame(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return itemsDiffer(kind, pointer, before, after);
  const [old, next] = [asMembers(before, after), asMembers(after, before)];
  if (old === undefined || next === undefined) return [leaf(kind, pointer, before, after)];
  return membersDiffer(kind, pointer, new Map(Object.entries(old)), new Map(Object.entries(next)));
}

/** Every field in which two versions of a resource differ, in the order of their pointers; never empty when they do. */
export function fieldChanges(before: Resource, after: Resource): readonly FieldChange[] {
  return differences(after.kind, '', before, after);
}

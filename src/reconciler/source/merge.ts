import { type Json, isRecord } from '../../model/json.js';

function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return isRecord(value);
}

/**
 * Applies a JSON merge patch (RFC 7386, section 2): objects merge member by member, `null` removes a member, anything
 * else replaces. Neither value is changed.
 */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, member] of Object.entries(patch)) {
    if (member === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), member));
  }
  return Object.fromEntries(merged);
}

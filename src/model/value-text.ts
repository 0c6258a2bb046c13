import { isRecord } from './json.js';
import type { Schema } from './schema.js';

const longestShown = 80;

/** A JSON pointer as people write a path: `/spec/edges/0/name` is `spec.edges[0].name`. */
export function fieldPath(pointer: string): string {
  const segments = pointer.split('/').slice(1);
  const parts = segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const path = parts.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('');
  return path === '' ? 'the document' : path.replace(/^\./, '');
}

/** Adds a member to a JSON pointer. */
export function childPointer(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** What sort of value it is, as a noun phrase that tells nothing of its content. */
export function sortOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isRecord(value)) return 'a mapping';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'true or false' : 'a number';
}

/** A value as a message shows it: short and in one line; a long text, or a URL with credentials, only by its length. */
export function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return sortOf(value);
  const isPlain = value.length <= longestShown && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\/\/[^/]*@/u.test(value);
  return isPlain ? JSON.stringify(value) : `a text of ${value.length} characters`;
}

/** Names as a sentence lists them. */
export function listed(names: readonly string[], conjunction: 'and' | 'or'): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${conjunction} ${names.at(-1) ?? ''}`;
}

const typeNames = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
} as const;

/** What a schema asks for, as a noun phrase. */
export function wanted({ const: only, enum: several, type, minimum, maximum }: Schema): string {
  if (only !== undefined) return only;
  if (several !== undefined) return listed(several, 'or');
  if (type === 'integer' && minimum !== undefined && maximum !== undefined) {
    return `a whole number from ${minimum} to ${maximum}`;
  }
  return type === undefined ? 'a value' : typeNames[type];
}

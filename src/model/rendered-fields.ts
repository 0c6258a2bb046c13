import type { Kind } from './generated/kinds.js';
import { isRecord } from './json.js';
import { kindInfo } from './kinds.js';
import type { Schema } from './schema.js';
import { childPointer } from './value-text.js';

/** Whether a schema or anything inside of it is marked as put in by the reconciler. */
function holdsRendered(schema: Schema): boolean {
  const { properties = {}, items } = schema;
  if (schema['x-rendered'] === true || (items !== undefined && holdsRendered(items))) return true;
  return Object.values(properties).some(holdsRendered);
}

function* pointersIn(schema: Schema, value: unknown, pointer: string): Generator<string> {
  if (schema['x-rendered'] === true && value !== undefined) yield pointer;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* pointersIn(schema.items ?? {}, item, `${pointer}/${index}`);
  } else if (isRecord(value)) {
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      yield* pointersIn(member, value[name], childPointer(pointer, name));
    }
  }
}

const withRendered = new Map<Kind, boolean>();

/** JSON pointers of the fields of a document that only the reconciler may put in. */
export function renderedPointers(kind: Kind, value: unknown): readonly string[] {
  const { schema } = kindInfo(kind);
  const holds = withRendered.get(kind) ?? holdsRendered(schema);
  withRendered.set(kind, holds);
  return holds ? [...pointersIn(schema, value, '')] : [];
}

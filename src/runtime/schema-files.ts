import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../model/json.js';
import type { IdentifiedSchema } from '../model/schema-check.js';

// The same distance from src/runtime and from dist/runtime.
const root = join(import.meta.dirname, '..', '..', 'schemas');

function readSchema(path: string): IdentifiedSchema {
  const schema: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isRecord(schema) || typeof schema['$id'] !== 'string') throw new TypeError(`${path} has no $id`);
  return { ...schema, $id: schema['$id'] };
}

/** The schemas of one folder of `schemas/`, in the order of their names; a package without them is broken, so it throws. */
export function readSchemaFolder(folder: 'admin' | 'bootstrap'): readonly IdentifiedSchema[] {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.schema.json'));
  return files.toSorted().map((name) => readSchema(join(root, folder, name)));
}

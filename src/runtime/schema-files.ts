import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../model/json.js';
import type { IdentifiedSchema } from '../model/schema-check.js';

// The same distance from src/runtime and from dist/runtime.
const root = join(import.meta.dirname, '..', '..', 'schemas');

/** One schema of `schemas/`, by its path below it; a package without it is broken, so it throws. */
export function readSchema(path: string): IdentifiedSchema {
  const schema: unknown = JSON.parse(readFileSync(join(root, path), 'utf8'));
  if (!isRecord(schema) || typeof schema['$id'] !== 'string') throw new TypeError(`${path} has no $id`);
  return { ...schema, $id: schema['$id'] };
}

/** The schemas of the admin interface, in the order of their names. */
export function readAdminSchemas(): readonly IdentifiedSchema[] {
  const files = readdirSync(join(root, 'admin')).filter((name) => name.endsWith('.schema.json'));
  return files.toSorted().map((name) => readSchema(join('admin', name)));
}

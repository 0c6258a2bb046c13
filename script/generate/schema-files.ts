import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../src/model/json.js';
import type { KindSchema, Schema } from '../../src/model/schema.js';

export interface SchemaFiles {
  readonly common: Schema;
  /** In the order of waves, then names. */
  readonly kinds: readonly KindSchema[];
}

/** The schemas of what a program must know before it can read anything else. */
export interface BootstrapSchemas {
  readonly node: Schema;
  readonly reconciler: Schema;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function isSchema(value: unknown): value is Schema {
  return isRecord(value);
}

function isKindSchema(value: unknown): value is KindSchema {
  return isRecord(value) && typeof value['title'] === 'string' && typeof value['x-wave'] === 'number';
}

function readSchema<T extends Schema>(path: string, isOne: (value: unknown) => value is T): T {
  const value = readJson(path);
  if (!isOne(value)) throw new TypeError(`${path} is not the schema it should be`);
  return value;
}

function compareKinds(a: KindSchema, b: KindSchema): number {
  return a['x-wave'] - b['x-wave'] || (a.title < b.title ? -1 : 1);
}

/** Reads the hand-written schemas below `directory`. */
export function readSchemas(directory: string): SchemaFiles {
  const files = readdirSync(join(directory, 'kinds')).filter((name) => name.endsWith('.schema.json'));
  const kinds = files.map((name) => readSchema(join(directory, 'kinds', name), isKindSchema));
  return { common: readSchema(join(directory, 'common.schema.json'), isSchema), kinds: kinds.toSorted(compareKinds) };
}

/** Reads the schemas of the configuration files below `directory`. */
export function readBootstrapSchemas(directory: string): BootstrapSchemas {
  const read = (name: string): Schema => readSchema(join(directory, 'bootstrap', `${name}.schema.json`), isSchema);
  return { node: read('node'), reconciler: read('reconciler') };
}

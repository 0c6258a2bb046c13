import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KindSchema, Schema } from '../../src/model/schema.js';

export interface SchemaFiles {
  readonly common: Schema;
  /** In the order of waves, then names. */
  readonly kinds: readonly KindSchema[];
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function compareKinds(a: KindSchema, b: KindSchema): number {
  return a['x-wave'] - b['x-wave'] || (a.title < b.title ? -1 : 1);
}

/** Reads the hand-written schemas below `directory`. */
export function readSchemas(directory: string): SchemaFiles {
  const files = readdirSync(join(directory, 'kinds')).filter((name) => name.endsWith('.schema.json'));
  const kinds = files.map((name) => readJson<KindSchema>(join(directory, 'kinds', name)));
  return { common: readJson<Schema>(join(directory, 'common.schema.json')), kinds: kinds.toSorted(compareKinds) };
}

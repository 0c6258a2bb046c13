import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

function sourcesBelow(directory: string): readonly string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.[jt]s$/.test(name))
    .toSorted()
    .map((name) => join(directory, name));
}

let known: string | undefined;

/**
 * Digest of everything that decides what a file of a repository compiles to: our own code and schemas, the YAML parser,
 * the validator, and Node with its time zones. What was worked out under one version says nothing under another.
 */
export function programVersion(): string {
  if (known !== undefined) return known;
  const resolve = createRequire(import.meta.url).resolve;
  const own = [...sourcesBelow(import.meta.dirname), ...sourcesBelow(join(import.meta.dirname, '..', '..', 'model'))];
  const hash = createHash('sha256').update(process.version);
  for (const path of [...own, resolve('yaml/package.json'), resolve('ajv/package.json')])
    hash.update(readFileSync(path));
  known = hash.digest('hex').slice(0, 32);
  return known;
}

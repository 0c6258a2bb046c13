import { readFileSync } from 'node:fs';
import { isRecord } from '../model/json.js';

let version: string | undefined;

/** The version in the package's own package.json. */
export function packageVersion(): string {
  if (version !== undefined) return version;
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  version = isRecord(parsed) && typeof parsed['version'] === 'string' ? parsed['version'] : '0.0.0';
  return version;
}

import { readFileSync } from 'node:fs';
import { isRecord } from '../model/json.js';

/** The version in the package's own package.json. */
export function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return isRecord(parsed) && typeof parsed['version'] === 'string' ? parsed['version'] : '0.0.0';
}

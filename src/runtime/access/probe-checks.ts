import { isRecord } from '../../model/json.js';
import type { ProbeCheck } from '../../model/health.js';
import type { ResourceKey } from '../../model/snapshot.js';
import { isKind } from '../../model/kinds.js';

/** Path on which a core answers its checks to its edges; no client can write it, because it is not base64url. */
export const checksPath = '/.fairlead/checks';
/** Largest answer to that path, in bytes. */
export const checksLimitBytes = 1024 * 1024;

function isResourceKey(text: string): text is ResourceKey {
  return isKind(text.split('/', 1)[0] ?? '');
}

function readCheck(value: unknown): ProbeCheck | undefined {
  if (!isRecord(value)) return undefined;
  const { id, ok, detail, durationMs, resource } = value;
  if (typeof id !== 'string' || typeof ok !== 'boolean' || typeof detail !== 'string') return undefined;
  if (typeof durationMs !== 'number') return undefined;
  if (resource === undefined) return { id, ok, detail, durationMs };
  return typeof resource === 'string' && isResourceKey(resource) ? { id, ok, detail, durationMs, resource } : undefined;
}

/** Reads the checks that a core answered; undefined when it is anything else. */
export function readChecks(text: string): readonly ProbeCheck[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const checks = parsed.map(readCheck);
  return checks.every((one) => one !== undefined) ? checks : undefined;
}

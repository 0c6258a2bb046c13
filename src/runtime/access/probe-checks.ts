import { isRecord } from '../../model/json.js';
import type { ProbeCheck } from '../../model/health.js';
import type { ResourceKey } from '../../model/snapshot.js';
import { isKind } from '../../model/kinds.js';
import type { Clock } from '../../platform/clock.js';

/** Path on which a core answers its checks to its edges; no client can write it, because it is not base64url. */
export const checksPath = '/.fairlead/checks';
/** Largest answer to that path, in bytes. */
export const checksLimitBytes = 1024 * 1024;

export interface CheckName {
  readonly id: string;
  readonly resource?: ResourceKey;
}

/** What was seen by trying; a failure is thrown instead. */
export type Trial = () => Promise<string>;

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}

/** Tries one thing and says how it went; never rejects. */
export async function check(name: CheckName, clock: Clock, trial: Trial): Promise<ProbeCheck> {
  const startMs = clock.monotonicMs();
  const durationMs = () => Math.round(clock.monotonicMs() - startMs);
  try {
    return { ...name, ok: true, detail: await trial(), durationMs: durationMs() };
  } catch (error) {
    return { ...name, ok: false, detail: textOf(error), durationMs: durationMs() };
  }
}

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

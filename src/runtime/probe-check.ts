import type { ProbeCheck } from '../model/health.js';
import type { ResourceKey } from '../model/snapshot.js';
import type { Clock } from '../platform/clock.js';

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

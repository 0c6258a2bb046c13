/** How long a client goes on after an answer that asks it to wait, or after none. */
export interface Patience {
  /** Tries of one action in all, the first included. */
  readonly attempts: number;
  /** A longer `Retry-After` ends the action. */
  readonly longestWaitMs: number;
  /** Wait when the answer says nothing of it. */
  readonly unaskedWaitMs: number;
}

/** One try and no more: what the edge says is what the caller gets. */
export const noPatience: Patience = { attempts: 1, longestWaitMs: 0, unaskedWaitMs: 0 };

/** Reads `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); undefined when it is neither. */
export function readRetryAfterSeconds(field: string | undefined, nowMs: number): number | undefined {
  if (field === undefined) return undefined;
  if (/^\d{1,9}$/.test(field)) return Number(field);
  const dateMs = Date.parse(field);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, Math.ceil((dateMs - nowMs) / 1000));
}

import type { ProbeCheck } from '../model/health.js';

/** A part that can try its own data path. */
export interface Prober {
  /** Never rejects: a failure is a check with `ok: false`. Ends when the signal aborts. */
  probe(signal: AbortSignal): Promise<readonly ProbeCheck[]>;
}

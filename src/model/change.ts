import type { Resource, ResourceKey } from './snapshot.js';

/** What a change interrupts on the wire, from least to worst. */
export type Interruption = 'nothing' | 'new-sessions' | 'sessions';

/**
 * One field that differs, by JSON pointer inside the resource; an absent side is undefined. An item of a keyed array is
 * named by its key, every other array is one field.
 */
export interface FieldChange {
  readonly pointer: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly interrupts: Interruption;
  /** The change makes what was read from a UC server stale. */
  readonly refreshes: boolean;
}

export interface CreateChange {
  readonly action: 'create';
  readonly key: ResourceKey;
  readonly after: Resource;
}

export interface UpdateChange {
  readonly action: 'update';
  readonly key: ResourceKey;
  readonly before: Resource;
  readonly after: Resource;
  readonly fields: readonly FieldChange[];
}

export interface DeleteChange {
  readonly action: 'delete';
  readonly key: ResourceKey;
  readonly before: Resource;
}

export type Change = CreateChange | UpdateChange | DeleteChange;

const severity = { nothing: 0, 'new-sessions': 1, sessions: 2 } as const;

/** The worst of several interruptions; `nothing` for none. */
export function worstInterruption(several: Iterable<Interruption>): Interruption {
  let worst: Interruption = 'nothing';
  for (const one of several) if (severity[one] > severity[worst]) worst = one;
  return worst;
}

import type { ResourceKey } from './snapshot.js';

/** One thing a probe tried through the data path. `id` is stable over changes of the resource it tests. */
export interface ProbeCheck {
  readonly id: string;
  readonly ok: boolean;
  /** The resource whose word is tested, when there is one. */
  readonly resource?: ResourceKey;
  /** What was seen, without secrets; for a failure what to look at. */
  readonly detail: string;
  readonly durationMs: number;
}

export interface Health {
  readonly node: string;
  readonly checks: readonly ProbeCheck[];
}

/** A check that a change broke. */
export interface Regression {
  readonly node: string;
  readonly check: ProbeCheck;
}

/**
 * What worked before (or did not exist) and fails after: only that is the fault of a change.
 * A check that failed before and still fails is not.
 */
export function regressions(before: readonly Health[], after: readonly Health[]): readonly Regression[] {
  const failedBefore = new Set<string>();
  for (const { node, checks } of before) for (const { id, ok } of checks) if (!ok) failedBefore.add(`${node}\n${id}`);
  return after.flatMap(({ node, checks }) =>
    checks.filter(({ id, ok }) => !ok && !failedBefore.has(`${node}\n${id}`)).map((check) => ({ node, check })),
  );
}

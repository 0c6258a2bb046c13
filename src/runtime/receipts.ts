import type { Receipt } from '../admin/contract.js';
import type { RunName } from './link-port.js';
import { snapshotDigest } from '../model/digest.js';
import { isRunOf, type PendingRevision } from './revision.js';

/** How a plan ended on this node. */
export interface EndedPlan {
  readonly planId: string;
  readonly state: 'confirmed' | 'reverted';
  readonly digest: string;
  /** When it was activated, by the wall clock; one plan may be activated again after it reverted. */
  readonly startedAtMs: number;
  /** Of the run, where it had one. */
  readonly order?: number;
  readonly reason?: string;
}

const mostKept = 100;

/** The plans that ended last on this node, the newest run of each, at most 100. */
export class Receipts {
  #ended: readonly EndedPlan[];

  constructor(ended: readonly EndedPlan[]) {
    this.#ended = ended.slice(-mostKept);
  }

  /** Oldest first. */
  get all(): readonly EndedPlan[] {
    return this.#ended;
  }

  add(plan: EndedPlan): void {
    const others = this.#ended.filter(({ planId }) => planId !== plan.planId);
    this.#ended = [...others, plan].slice(-mostKept);
  }

  find(planId: string): EndedPlan | undefined {
    return this.#ended.find((plan) => plan.planId === planId);
  }

  isConfirmed(run: RunName): boolean {
    const ended = this.find(run.planId);
    return ended?.state === 'confirmed' && isRunOf(ended, run);
  }
}

/** A plan that ended, as the admin interface tells it. */
export function receiptOf(node: string, { planId, state, digest, reason }: EndedPlan): Receipt {
  return { planId, node, state, digest, ...(reason !== undefined && { reason }) };
}

/** A plan that waits for its confirmation, which has to come within a time. */
export function receiptOfPending(node: string, confirmWithinMs: number, { run, snapshot }: PendingRevision): Receipt {
  return { planId: run.planId, node, state: 'pending', digest: snapshotDigest(snapshot), confirmWithinMs };
}

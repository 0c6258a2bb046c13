import { asFairleadError, FairleadError } from '../../errors.js';
import type { ErrorCode } from '../../errors.js';
import type { NodeRef, Plan } from '../../model/plan.js';
import { isPassing } from '../../platform/passing-failure.js';
import { mapParallel } from '../../platform/parallel.js';
import type { Delivery, DriverReceipt } from '../driver/driver.js';
import { nodesAtOnce } from './rollout-context.js';
import type { RolloutContext } from './rollout-context.js';

/** A node that may run the plan on trust. */
export interface Activation {
  readonly node: NodeRef;
  /** On the monotonic clock, never later than the node's own; Infinity where nothing reverts by itself. */
  readonly deadlineMs: number;
  /** It said that it runs the plan; otherwise what it was asked may still be on its way. */
  readonly answered: boolean;
  /** It stopped answering and was given up: it catches up in a pass of its own. */
  readonly lost: boolean;
}

/** Whoever stops in the middle of this call cannot know what to undo, so it always ends by itself; drivers limit its time. */
const unstoppable = new AbortController().signal;

interface Attempt {
  readonly activation: Activation;
  readonly failure?: FairleadError;
}

function failureOf(receipt: DriverReceipt): FairleadError | undefined {
  if (receipt.state === 'pending') return undefined;
  if (receipt.state === 'partial') return new FairleadError('apply.partial', receipt.reason);
  const reason = receipt.reason ?? 'it gave no reason';
  return new FairleadError('apply.prepare-failed', `the plan is ${receipt.state} already: ${reason}`);
}

/** After these nobody knows what the node runs; any other failure is a refusal, which changes nothing. */
const uncertain = new Set<ErrorCode>(['node.unreachable', 'node.malformed-answer', 'apply.partial', 'internal']);

/** Joins what several nodes said into the first one's code. */
function joinFailures(attempts: readonly Attempt[]): FairleadError | undefined {
  const failed = attempts.flatMap(({ activation, failure }) =>
    failure ? [{ node: activation.node.name, failure }] : [],
  );
  const first = failed[0];
  if (first === undefined) return undefined;
  const details = failed.flatMap(({ node, failure }) => [
    { place: node, message: failure.message },
    ...failure.details.map(({ place, message }) => ({ place: `${node} ${place}`, message })),
  ]);
  return new FairleadError(first.failure.code, `${first.node}: ${first.failure.message}`, {
    cause: first.failure,
    details,
    mend: first.failure.mend,
    retry: failed.find(({ failure }) => !isPassing(failure))?.failure.retry ?? first.failure.retry,
  });
}

/** The nodes of a rollout that may run its plan, and until when. */
export class Activations {
  readonly #plan: Plan;
  readonly #context: RolloutContext;
  readonly #order: number;
  readonly #activations: Activation[] = [];

  constructor(plan: Plan, order: number, context: RolloutContext) {
    this.#plan = plan;
    this.#order = order;
    this.#context = context;
  }

  /** In the order of activation. */
  list(): readonly Activation[] {
    return this.#activations;
  }

  /** The nodes that were given up. */
  lost(): readonly string[] {
    return this.#activations.filter(({ lost }) => lost).map(({ node }) => node.name);
  }

  /** The nodes that said that they run the plan. */
  running(): ReadonlySet<string> {
    return new Set(this.#activations.filter(({ answered }) => answered).map(({ node }) => node.name));
  }

  /**
   * Activates nodes at the same time; up to `mayLose` of them may stop answering.
   * @throws FairleadError of the first node that refused, with every node's word in its details.
   */
  async activate(deliveries: readonly Delivery[], mayLose: number): Promise<void> {
    const { journal, log, stop } = this.#context;
    const nodes = deliveries.map(({ node }) => node.name);
    await journal.write({ type: 'activate', planId: this.#plan.id, nodes });
    log.info({ nodes }, 'activating');
    const attempts = await mapParallel(deliveries, nodesAtOnce, (delivery) => this.#attempt(delivery));
    const silent = attempts.filter(({ failure }) => failure?.code === 'node.unreachable');
    const lost = silent.length <= mayLose ? silent : [];
    for (const attempt of attempts) {
      if (attempt.failure === undefined || uncertain.has(attempt.failure.code))
        this.#activations.push({ ...attempt.activation, lost: lost.includes(attempt) });
    }
    const failure = joinFailures(attempts.filter((attempt) => !lost.includes(attempt)));
    if (failure !== undefined) throw failure;
    stop.throwIfAborted();
  }

  /** @throws FairleadError `apply.deadline` when a node may revert before it can be told to confirm. */
  requireTime(): void {
    const { clock, policy } = this.#context;
    const earliestMs = Math.min(...this.#activations.filter(({ lost }) => !lost).map(({ deadlineMs }) => deadlineMs));
    const leftMs = earliestMs - clock.monotonicMs();
    const neededMs = confirmMarginMs(policy.confirmDeadlineSeconds);
    if (leftMs >= neededMs) return;
    const message = `${Math.max(0, Math.round(leftMs))} ms of the confirm deadline are left, ${neededMs} ms are needed`;
    throw new FairleadError('apply.deadline', message);
  }

  async #attempt(delivery: Delivery): Promise<Attempt> {
    const { driver, policy, clock } = this.#context;
    const limitMs = driver.capabilities.confirm ? policy.confirmDeadlineSeconds * 1000 : Infinity;
    const base = { node: delivery.node, deadlineMs: clock.monotonicMs() + limitMs, lost: false };
    try {
      const ordered = { ...delivery, order: this.#order };
      const receipt = await driver.activate(this.#plan, ordered, policy.confirmDeadlineSeconds, unstoppable);
      const failure = failureOf(receipt);
      return { activation: { ...base, answered: true }, ...(failure && { failure }) };
    } catch (error) {
      return { activation: { ...base, answered: false }, failure: asFairleadError(error) };
    }
  }
}

/** How much of the deadline the confirms may need: a quarter of it, at most five seconds. */
function confirmMarginMs(confirmDeadlineSeconds: number): number {
  return Math.min(5000, (confirmDeadlineSeconds * 1000) / 4);
}

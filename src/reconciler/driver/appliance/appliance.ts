import type { Receipt } from '../../../admin/contract.js';
import { asFairleadError, FairleadError } from '../../../errors.js';
import { snapshotDigest } from '../../../model/digest.js';
import type { Health } from '../../../model/health.js';
import type { NodePlan, NodeRef, Plan } from '../../../model/plan.js';
import { newSnapshot } from '../../../model/snapshot.js';
import type { Snapshot } from '../../../model/snapshot.js';
import type { Clock } from '../../../platform/clock.js';
import type { Secret } from '../../../platform/secret.js';
import type { Delivery, DriverReceipt, NodeObservation } from '../driver.js';
import type { ApplianceClient } from './appliance-client.js';
import type { ApplianceJournal, PlanRecord, Step } from './appliance-journal.js';
import { compensate } from './compensation.js';
import { isSameReadBack, put } from './resource-writes.js';
import type { WriteContext } from './resource-writes.js';

function stepsOf({ changes }: NodePlan): readonly Step[] {
  return changes.map(({ change }) => {
    if (change.action === 'create') return { key: change.key, after: change.after };
    if (change.action === 'delete') return { key: change.key, before: change.before };
    return { key: change.key, before: change.before, after: change.after };
  });
}

/** A node without transactions: one write after the other, each journalled before it is done and read back after. */
export class Appliance {
  readonly #node: NodeRef;
  readonly #client: ApplianceClient;
  readonly #journal: ApplianceJournal;
  readonly #clock: Clock;
  /** Values of the last two deliveries: what going back may need. */
  #secrets: readonly ReadonlyMap<string, Secret>[] = [];

  constructor(node: NodeRef, client: ApplianceClient, journal: ApplianceJournal, clock: Clock) {
    this.#node = node;
    this.#client = client;
    this.#journal = journal;
    this.#clock = clock;
  }

  async observe(signal: AbortSignal): Promise<NodeObservation> {
    const kinds = await this.#client.kinds(signal);
    const snapshot = await this.#read(signal);
    const plan = this.#journal.plan();
    const revision = this.#journal.revision();
    return {
      ...{
        node: this.#node,
        reachable: true,
        snapshot,
        digest: snapshotDigest(snapshot),
        kinds,
        edits: [],
        ready: true,
      },
      counts: { users: 0, sessions: 0, registrations: 0 },
      ...(plan?.state === 'doing' || plan?.state === 'applied' ? { pending: this.#pending(plan) } : {}),
      ...(revision === undefined ? {} : { confirmedPlanId: revision.planId }),
    };
  }

  async activate(plan: Plan, delivery: Delivery, signal: AbortSignal): Promise<DriverReceipt> {
    const before = this.#journal.plan();
    if (before?.planId === plan.id && before.state === 'applied') return this.#receiptOf(before);
    if (before?.state === 'doing' || before?.state === 'applied')
      throw new FairleadError(
        'node.pending',
        `${this.#node.name} runs plan ${before.planId}, which is not confirmed yet`,
      );
    const observed = await this.#read(signal);
    if (snapshotDigest(observed) !== delivery.base)
      throw new FairleadError('plan.stale', `${this.#node.name} changed after the plan was made`);
    this.#secrets = [delivery.secrets, ...this.#secrets.slice(0, 1)];
    const nodePlan = plan.nodes.find(({ node }) => node.name === this.#node.name);
    const steps = nodePlan === undefined ? [] : stepsOf(nodePlan);
    await this.#journal.begin({
      planId: plan.id,
      commit: plan.target,
      digest: snapshotDigest(delivery.snapshot),
      steps,
    });
    return this.#doAll(plan.id, steps, signal);
  }

  /** What is known of a plan; undefined for any but the last. */
  receipt(planId: string): DriverReceipt | undefined {
    const plan = this.#journal.plan();
    if (plan?.planId === planId) return this.#receiptOf(plan);
    return undefined;
  }

  async confirm(planId: string): Promise<DriverReceipt> {
    const plan = this.#required(planId);
    if (plan.state === 'applied') await this.#journal.enter(planId, 'confirmed');
    return this.#receiptOf(this.#required(planId));
  }

  async revert(planId: string, signal: AbortSignal): Promise<DriverReceipt> {
    const { state } = this.#required(planId);
    if (state !== 'confirmed' && state !== 'reverted') return this.#undoAll(planId, 'the plan was reverted', signal);
    return this.#receiptOf(this.#required(planId));
  }

  async probe(signal: AbortSignal): Promise<Health> {
    const startedMs = this.#clock.monotonicMs();
    await this.#client.kinds(signal);
    const durationMs = this.#clock.monotonicMs() - startedMs;
    return { node: this.#node.name, checks: [{ id: 'status', ok: true, detail: 'the appliance answers', durationMs }] };
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#journal.close();
  }

  /** What the appliance holds, with the fingerprints of what was written and still stands. */
  async #read(signal: AbortSignal): Promise<Snapshot> {
    const found = await this.#client.readAll(signal);
    const resources = [...found.resources].map(([key, resource]) => {
      const held = this.#journal.held(key);
      return held !== undefined && isSameReadBack(held, resource) ? held : resource;
    });
    return newSnapshot(this.#journal.revision()?.commit ?? '', resources);
  }

  async #doAll(planId: string, steps: readonly Step[], signal: AbortSignal): Promise<DriverReceipt> {
    try {
      for (const [index, { before, after }] of steps.entries()) {
        await this.#journal.step(planId, index, 'do');
        await put(after, before, this.#context(), signal);
      }
      await this.#journal.enter(planId, 'applied');
      return this.#receiptOf(this.#required(planId));
    } catch (error) {
      const failure = asFairleadError(error);
      if (failure.code === 'node.unreachable' || signal.aborted) throw failure;
      const receipt = await this.#undoAll(planId, failure.message, signal);
      if (receipt.state === 'partial') return receipt;
      throw new FairleadError('apply.prepare-failed', `${failure.message}; every step was undone`, { cause: failure });
    }
  }

  async #undoAll(planId: string, reason: string, signal: AbortSignal): Promise<DriverReceipt> {
    const resources = await compensate(this.#required(planId), this.#context(), signal);
    const isWhole = resources.every(({ state }) => state === 'old');
    await this.#journal.enter(planId, isWhole ? 'reverted' : 'undone', reason);
    if (isWhole) return this.#receiptOf(this.#required(planId));
    return { planId, node: this.#node.name, state: 'partial', reason, resources };
  }

  #context(): WriteContext {
    return {
      client: this.#client,
      journal: this.#journal,
      secrets: new Map(this.#secrets.toReversed().flatMap((some) => [...some])),
    };
  }

  #required(planId: string): PlanRecord {
    const plan = this.#journal.plan();
    if (plan?.planId === planId) return plan;
    throw new FairleadError(
      'node.unknown-plan',
      `${this.#node.name} never saw plan ${planId}, or another one came after it`,
    );
  }

  #pending({ planId, digest }: PlanRecord): Receipt {
    return { planId, node: this.#node.name, state: 'pending', digest };
  }

  #receiptOf(plan: PlanRecord): DriverReceipt {
    const { planId, digest, reason, steps } = plan;
    const node = this.#node.name;
    if (plan.state === 'confirmed') return { planId, node, state: 'confirmed', digest };
    if (plan.state === 'reverted') return { planId, node, state: 'reverted', digest, reason };
    if (plan.state !== 'undone') return this.#pending(plan);
    const resources = steps.map(({ key }) => ({ key, state: 'unknown' }) as const);
    return { planId, node, state: 'partial', reason, resources };
  }
}

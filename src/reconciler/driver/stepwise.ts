import type { NodeRef, Plan } from '../../model/plan.js';
import { asFairleadError, FairleadError } from '../../errors.js';
import type { Health } from '../../model/health.js';
import { mapParallel } from '../../platform/parallel.js';
import type { Appliance } from './appliance/appliance.js';
import type {
  Capabilities,
  Delivery,
  Driver,
  DriverEvent,
  DriverReceipt,
  NodeObservation,
  Observation,
} from './driver.js';

const nodesAtOnce = 8;

/**
 * Drives nodes without transactions, one resource after the other. Nothing reverts by itself there, so going back is our own work
 * from our own journal, and it may end in between; the receipt says which resource stands where.
 */
export class StepwiseDriver implements Driver {
  readonly capabilities: Capabilities = { atomic: false, confirm: false, secretReadback: false };
  readonly #appliances: ReadonlyMap<string, Appliance>;
  readonly #nodes: readonly NodeRef[];

  /** The nodes stand in the order in which they are observed: edges before cores, in declared order. */
  constructor(nodes: readonly (readonly [NodeRef, Appliance])[]) {
    this.#nodes = nodes.map(([node]) => node);
    this.#appliances = new Map(nodes.map(([node, appliance]) => [node.name, appliance]));
  }

  async observe(signal: AbortSignal): Promise<Observation> {
    const observeNode = async (node: NodeRef): Promise<NodeObservation> => {
      try {
        return await this.#of(node).observe(signal);
      } catch (error) {
        signal.throwIfAborted();
        return { node, reachable: false, reason: asFairleadError(error).message };
      }
    };
    return { nodes: await mapParallel(this.#nodes, nodesAtOnce, observeNode) };
  }

  async activate(
    plan: Plan,
    delivery: Delivery,
    _confirmWithinSeconds: number,
    signal: AbortSignal,
  ): Promise<DriverReceipt> {
    return this.#of(delivery.node).activate(plan, delivery, signal);
  }

  async receipt(node: NodeRef, planId: string): Promise<DriverReceipt | undefined> {
    return Promise.resolve(this.#of(node).receipt(planId));
  }

  async confirm(node: NodeRef, planId: string): Promise<DriverReceipt> {
    return this.#of(node).confirm(planId);
  }

  async revert(node: NodeRef, planId: string, signal: AbortSignal): Promise<DriverReceipt> {
    return this.#of(node).revert(planId, signal);
  }

  async probe(node: NodeRef, signal: AbortSignal): Promise<Health> {
    return this.#of(node).probe(signal);
  }

  /** These nodes tell nothing by themselves; the poll finds what changed on them. */
  async *watch(signal: AbortSignal): AsyncGenerator<DriverEvent, undefined> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    yield* [];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#appliances.values()].map((appliance) => appliance.close()));
  }

  #of({ name }: NodeRef): Appliance {
    const appliance = this.#appliances.get(name);
    if (appliance === undefined) throw new FairleadError('internal', `the driver has no node ${name}`);
    return appliance;
  }
}

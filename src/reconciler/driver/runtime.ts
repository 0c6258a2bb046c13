import { setMaxListeners } from 'node:events';
import { adminPaths, receiptPath } from '../../admin/contract.js';
import type { ActivateRequest, ConfirmRequest, NodeStatus, Receipt } from '../../admin/contract.js';
import { formatEtag } from '../../admin/etag.js';
import { errorOfProblem } from '../../admin/problem.js';
import { asFairleadError, FairleadError } from '../../errors.js';
import type { Health } from '../../model/health.js';
import { isKind } from '../../model/kinds.js';
import type { NodeRef, Plan } from '../../model/plan.js';
import { documentOf } from '../../model/snapshot.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import { mapParallel } from '../../platform/parallel.js';
import { readHealth, readReceipt, readSnapshot, readStatus } from './admin-answers.js';
import { HttpsClient } from './https-client.js';
import type { HttpsAnswer, HttpsRequest } from './https-client.js';
import type { HttpsEndpoint } from './https-endpoint.js';
import type { Capabilities, Delivery, Driver, DriverEvent, NodeObservation, Observation } from './driver.js';
import { EventQueue } from './event-queue.js';
import { watchNode } from './node-watch.js';

/** A node of ours and the way to it. */
export interface RuntimeNode {
  readonly ref: NodeRef;
  readonly endpoint: HttpsEndpoint;
}

interface RuntimeDriverDeps {
  readonly clock: Clock;
  readonly log: Log;
}

interface Known {
  readonly digest: string;
  readonly snapshot: Snapshot;
}

const nodesAtOnce = 32;
const statusLimitMs = 5000;
const snapshotLimitMs = 15_000;
const settleLimitMs = 15_000;
/** Preparing may read UC servers. */
const activateLimitMs = 120_000;
const probeLimitMs = 300_000;
const readAttempts = 3;

/** Drives nodes of ours over their admin interface: whole snapshots, confirmed or reverted by the node itself. */
export class RuntimeDriver implements Driver {
  readonly capabilities: Capabilities = { atomic: true, confirm: true, secretReadback: true };
  readonly #nodes: readonly RuntimeNode[];
  readonly #clients: ReadonlyMap<string, HttpsClient>;
  readonly #deps: RuntimeDriverDeps;
  readonly #known = new Map<string, Known>();

  /** The nodes stand in the order in which they are observed: edges before cores, in declared order. */
  constructor(nodes: readonly RuntimeNode[], deps: RuntimeDriverDeps) {
    this.#nodes = nodes;
    this.#deps = deps;
    this.#clients = new Map(nodes.map(({ ref, endpoint }) => [ref.name, new HttpsClient(endpoint, deps.clock)]));
  }

  async observe(signal: AbortSignal): Promise<Observation> {
    return { nodes: await mapParallel(this.#nodes, nodesAtOnce, ({ ref }) => this.#observeNode(ref, signal)) };
  }

  async activate(plan: Plan, delivery: Delivery, confirmWithinSeconds: number, signal: AbortSignal): Promise<Receipt> {
    const { node, base, order, snapshot, secrets } = delivery;
    const values = [...secrets].map(([fingerprint, secret]) => [fingerprint, secret.reveal()] as const);
    const body: ActivateRequest = {
      planId: plan.id,
      snapshot: documentOf(snapshot),
      secrets: Object.fromEntries(values),
      confirmWithinSeconds,
      ...(order !== undefined && { order }),
    };
    const limitMs = Math.min(activateLimitMs, confirmWithinSeconds * 1000);
    return this.#post(node, adminPaths.activate, { body, headers: { 'if-match': formatEtag(base) }, limitMs }, signal);
  }

  async receipt(node: NodeRef, planId: string, signal: AbortSignal): Promise<Receipt | undefined> {
    try {
      const request = { method: 'GET', path: receiptPath(planId), limitMs: statusLimitMs } as const;
      return readReceipt((await this.#ask(node, request, signal)).body, node.name);
    } catch (error) {
      if (error instanceof FairleadError && error.code === 'node.unknown-plan') return undefined;
      throw error;
    }
  }

  confirm(node: NodeRef, planId: string, leftBehind: readonly string[], signal: AbortSignal): Promise<Receipt> {
    const body: ConfirmRequest = { planId, leftBehind };
    return this.#post(node, adminPaths.confirm, { body, limitMs: settleLimitMs }, signal);
  }

  revert(node: NodeRef, planId: string, signal: AbortSignal): Promise<Receipt> {
    return this.#post(node, adminPaths.revert, { body: { planId }, limitMs: settleLimitMs }, signal);
  }

  async probe(node: NodeRef, signal: AbortSignal): Promise<Health> {
    const request = { method: 'POST', path: adminPaths.probe, limitMs: probeLimitMs } as const;
    return readHealth((await this.#ask(node, request, signal)).body, node.name);
  }

  async *watch(signal: AbortSignal): AsyncGenerator<DriverEvent, undefined> {
    // Every node listens to it for as long as it is watched, which is no leak.
    setMaxListeners(0, signal);
    const queue = new EventQueue();
    const tell = queue.push.bind(queue);
    const watches = [...this.#clients].map(([node, client]) =>
      watchNode({ node, client, tell, ...this.#deps }, signal),
    );
    signal.addEventListener('abort', () => queue.end(), { once: true });
    if (signal.aborted) queue.end();
    yield* queue.read();
    await Promise.all(watches);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  #client({ name }: NodeRef): HttpsClient {
    const client = this.#clients.get(name);
    if (client === undefined) throw new FairleadError('internal', `the driver has no node ${name}`);
    return client;
  }

  async #ask(node: NodeRef, request: HttpsRequest, signal: AbortSignal): Promise<HttpsAnswer> {
    const answer = await this.#client(node).ask(request, signal);
    if (answer.status < 300) return answer;
    const { code, message, details, mend, retry } = errorOfProblem(answer.body, answer.status);
    throw new FairleadError(code, `${node.name}: ${message}`, { details, mend, retry });
  }

  async #post(
    node: NodeRef,
    path: string,
    request: { readonly body: unknown; readonly headers?: Readonly<Record<string, string>>; readonly limitMs: number },
    signal: AbortSignal,
  ): Promise<Receipt> {
    const answer = await this.#ask(node, { method: 'POST', path, ...request }, signal);
    return readReceipt(answer.body, node.name);
  }

  async #observeNode(node: NodeRef, signal: AbortSignal): Promise<NodeObservation> {
    try {
      return await this.#readNode(node, signal);
    } catch (error) {
      signal.throwIfAborted();
      return { node, reachable: false, reason: asFairleadError(error).message };
    }
  }

  async #readNode(node: NodeRef, signal: AbortSignal): Promise<NodeObservation> {
    for (let attempt = 0; attempt < readAttempts; attempt += 1) {
      const status = await this.#readStatus(node, signal);
      const known = await this.#readSnapshot(node, status, signal);
      if (known.digest === status.digest) return observationOf(node, status, known.snapshot);
    }
    throw new FairleadError(
      'node.unreachable',
      `${node.name} changed while it was read, ${readAttempts} times in a row`,
    );
  }

  async #readStatus(node: NodeRef, signal: AbortSignal): Promise<NodeStatus> {
    const request = { method: 'GET', path: adminPaths.status, limitMs: statusLimitMs } as const;
    const status = readStatus((await this.#ask(node, request, signal)).body, node.name);
    if (status.name === node.name && status.role === node.role) return status;
    const found = `${status.role} ${status.name}`;
    throw new FairleadError('node.malformed-answer', `the endpoint of ${node.role} ${node.name} is that of ${found}`);
  }

  /** Reads the snapshot only when its digest moved; the revision, which is not part of it, comes from the status. */
  async #readSnapshot(node: NodeRef, { digest, revision }: NodeStatus, signal: AbortSignal): Promise<Known> {
    const before = this.#known.get(node.name);
    const known = before?.digest === digest ? before : await this.#fetchSnapshot(node, signal);
    const snapshot = known.snapshot.revision === revision ? known.snapshot : { ...known.snapshot, revision };
    const read = { digest: known.digest, snapshot };
    this.#known.set(node.name, read);
    return read;
  }

  async #fetchSnapshot(node: NodeRef, signal: AbortSignal): Promise<Known> {
    const request = { method: 'GET', path: adminPaths.snapshot, limitMs: snapshotLimitMs } as const;
    const { body, etag } = await this.#ask(node, request, signal);
    return { digest: etag.replace(/^"|"$/g, ''), snapshot: readSnapshot(body, node.name) };
  }
}

function observationOf(node: NodeRef, status: NodeStatus, snapshot: Snapshot): NodeObservation {
  const { digest, edits, counts, ready, links, pending, confirmedPlanId, confirmedOrder, behind, notReadyReason } =
    status;
  return {
    ...{ node, reachable: true, snapshot, digest, edits, counts, ready, links },
    kinds: status.kinds.filter(isKind),
    ...(pending === undefined ? {} : { pending }),
    ...(confirmedPlanId === undefined ? {} : { confirmedPlanId }),
    ...(confirmedOrder === undefined ? {} : { confirmedOrder }),
    ...(behind === undefined ? {} : { behind }),
    ...(notReadyReason === undefined ? {} : { notReadyReason }),
    ...(status.maintenance === undefined ? {} : { maintenance: status.maintenance }),
  };
}

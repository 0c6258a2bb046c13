import type { Receipt, SnapshotCause } from '../admin/contract.js';
import { FairleadError, asFairleadError } from '../errors.js';
import { snapshotDigest } from '../model/digest.js';
import type { Kind } from '../model/generated/kinds.js';
import { allKinds } from '../model/kinds.js';
import type { OperatorEdit } from '../model/plan.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/log.js';
import { admitSnapshot, type IncomingSnapshot } from './admission.js';
import { ConfirmDeadline } from './confirm-deadline.js';
import type { PeerPlans } from './link-port.js';
import { editSnapshot, type ResourceEdit } from './operator-edit.js';
import type { Participant } from './participant.js';
import { receiptOf, receiptOfPending, type EndedPlan, type Receipts } from './receipts.js';
import { Restoration } from './restoration.js';
import { isRunOf, type PendingRevision, type PlanRun, runIdentity } from './revision.js';
import { secretValues, secretsDelivered } from './secret-store.js';
import { SerialQueue } from './serial-queue.js';
import type { Service } from './service.js';
import { Stage, type Checkpoint } from './stage.js';
import type { FoundState } from './state/recovery.js';
import type { StateDirectory } from './state/state-directory.js';
import { Warnings } from './warnings.js';

/** A plan as it arrives. */
export interface Activation {
  readonly planId: string;
  /** Digest of the state the plan was made from. */
  readonly ifMatch: string;
  readonly snapshot: IncomingSnapshot;
  /** By fingerprint. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly confirmWithinSeconds: number;
  /** Tells this run from others of the plan, and from runs before it in the cluster. */
  readonly order?: number;
}

/** An operator's change of one resource; `ifMatch` is the digest of the state it was made from. */
export type Edit = ResourceEdit & { readonly actor: string; readonly ifMatch?: string | undefined };

/** What the store says of itself at one moment. */
export interface StoreView {
  /** What serves, pending or not. */
  readonly snapshot: Snapshot;
  readonly digest: string;
  readonly pending?: Receipt;
  readonly confirmedPlanId?: string;
  readonly edits: readonly OperatorEdit[];
  /** Why no confirmed snapshot serves. */
  readonly notServingReason?: string;
  readonly warnings: readonly string[];
}

export interface ConfigStoreParts {
  readonly node: string;
  readonly participants: readonly Participant[];
  readonly peers: PeerPlans;
  readonly directory: StateDirectory;
  /** What the directory held when it was opened. */
  readonly found: FoundState;
  /** The plans that ended; peers are answered from them, too. */
  readonly receipts: Receipts;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: (cause: SnapshotCause) => void;
  /** Told of each run that was confirmed, with whom it left behind. */
  readonly onConfirmed: (run: PlanRun) => void;
  readonly checkpoint: Checkpoint;
}

const mostWaiting = 100;
const mostEdits = 100;

/**
 * The configuration of a node: one confirmed snapshot, and perhaps a pending one that serves until it is confirmed or
 * its time is over. Operations run one at a time; each leaves the old or the new state, on disk as in memory.
 */
export class ConfigStore implements Service {
  readonly name = 'configuration';
  /** Kinds that some participant implements, in the order of waves. */
  readonly kinds: readonly Kind[];
  readonly #queue = new SerialQueue(mostWaiting);
  readonly #stage: Stage;
  readonly #deadline: ConfirmDeadline;
  readonly #restoration: Restoration;
  readonly #warnings: Warnings;

  constructor(private readonly parts: ConfigStoreParts) {
    const { participants, clock, checkpoint, log, peers } = parts;
    const implemented = new Set(participants.flatMap(({ kinds }) => kinds));
    this.kinds = allKinds.filter((kind) => implemented.has(kind));
    this.#warnings = new Warnings(log);
    this.#stage = new Stage(participants, clock, checkpoint);
    this.#deadline = new ConfirmDeadline(clock, log, peers, (pending, isConfirmed) =>
      this.#queue.run(() => this.#decide(pending, isConfirmed)),
    );
    this.#restoration = new Restoration({
      ...parts,
      stage: this.#stage,
      deadline: this.#deadline,
      warnings: this.#warnings,
      inTurn: (task) => this.#queue.run(task),
    });
  }

  /** Brings back what served before the node stopped. */
  async start(): Promise<void> {
    await this.#queue.run(() => this.#restoration.start());
  }

  /** Lets the operation in progress end, and frees every participant's parts. A pending plan is taken up at the next start. */
  async stop(): Promise<void> {
    this.#deadline.cancel();
    this.#restoration.end();
    await this.#queue.close();
    this.#deadline.cancel();
    await this.#stage.close();
  }

  view(): StoreView {
    const { serving, pending, confirmed } = this.#stage;
    const neverConfirmed = confirmed.run === undefined ? 'no plan was ever confirmed on this node' : undefined;
    const notServingReason = this.#restoration.reason ?? neverConfirmed;
    return {
      snapshot: serving.snapshot,
      digest: snapshotDigest(serving.snapshot),
      ...(pending && { pending: receiptOfPending(this.parts.node, this.#deadline.remainingMs, pending) }),
      ...(confirmed.run && { confirmedPlanId: confirmed.run.planId }),
      edits: confirmed.edits,
      ...(notServingReason !== undefined && { notServingReason }),
      warnings: this.#warnings.all,
    };
  }

  /**
   * What became of a plan.
   * @throws FairleadError `node.unknown-plan`
   */
  receipt(planId: string): Receipt {
    const { pending } = this.#stage;
    if (pending?.run.planId === planId) return receiptOfPending(this.parts.node, this.#deadline.remainingMs, pending);
    const ended = this.parts.receipts.find(planId);
    if (ended === undefined) throw new FairleadError('node.unknown-plan', `this node knows nothing of plan ${planId}`);
    return receiptOf(this.parts.node, ended);
  }

  /**
   * Makes a plan live until it is confirmed. Asking again for what is pending, or for what was confirmed last, gives the same receipt.
   * @throws FairleadError `node.pending`, `plan.stale`, `resource.invalid`, `node.unsupported`, `secret.unresolved`,
   * `apply.prepare-failed`, `node.storage`; nothing changed then.
   */
  async activate(activation: Activation): Promise<Receipt> {
    return await this.#queue.run(() => this.#activate(activation));
  }

  /**
   * Makes a pending plan final, without the nodes that it leaves behind; one that has ended stays as it is, as its receipt says.
   * @throws FairleadError `node.unknown-plan`, `node.storage`, after a restart also `apply.prepare-failed`; it stays pending then.
   */
  async confirm(planId: string, leftBehind: readonly string[] = []): Promise<Receipt> {
    return await this.#queue.run(async () => {
      const { pending } = this.#stage;
      if (pending?.run.planId === planId) return await this.#confirm(pending, leftBehind);
      const ended = this.parts.receipts.find(planId);
      if (ended?.state === 'confirmed') this.parts.onConfirmed({ ...runIdentity(ended), leftBehind });
      return this.receipt(planId);
    });
  }

  /**
   * Puts back what was confirmed before a pending plan; one that has ended stays as it is, and its receipt says how.
   * @throws FairleadError `node.unknown-plan`
   */
  async revert(planId: string, reason: string): Promise<Receipt> {
    return await this.#queue.run(async () => {
      const { pending } = this.#stage;
      return pending?.run.planId === planId ? await this.#revert(pending, reason) : this.receipt(planId);
    });
  }

  /**
   * Changes one resource at once, and remembers who did; gives the digest afterwards. What changes nothing is not remembered.
   * @throws FairleadError `node.pending`, `plan.stale`, `node.not-ready`, `node.not-found`, `resource.invalid`,
   * `node.unsupported`, `secret.unresolved`, `apply.prepare-failed`, `node.storage`; nothing changed then.
   */
  async edit(edit: Edit): Promise<string> {
    return await this.#queue.run(() => this.#edit(edit));
  }

  async #activate({ planId, order, ifMatch, confirmWithinSeconds, ...delivery }: Activation): Promise<Receipt> {
    const { pending, confirmed } = this.#stage;
    const asked = { planId, ...(order !== undefined && { order }) };
    const last = pending?.run ?? (confirmed.edits.length === 0 ? confirmed.run : undefined);
    if (last !== undefined && isRunOf(last, asked)) return this.receipt(planId);
    this.#refuseWhilePending();
    this.#expect(ifMatch);
    const snapshot = admitSnapshot(delivery.snapshot, this.kinds);
    const secrets = secretsDelivered(snapshot, secretValues(delivery.secrets), confirmed.secrets);
    const run = { ...asked, startedAtMs: this.parts.clock.nowMs() };
    const next: PendingRevision = { snapshot, secrets, run, confirmWithinMs: confirmWithinSeconds * 1000 };
    await this.#stage.begin(next, () => this.#persistPending(next));
    this.#deadline.arm(next, next.confirmWithinMs);
    this.#changed({ type: 'activated', planId });
    return receiptOfPending(this.parts.node, this.#deadline.remainingMs, next);
  }

  async #confirm(pending: PendingRevision, leftBehind: readonly string[] = []): Promise<Receipt> {
    const { snapshot, secrets } = pending;
    const run = { ...pending.run, leftBehind };
    const confirmed = { run, snapshot, secrets, edits: [] };
    await this.#stage.accept(confirmed, () => this.parts.directory.saveConfirmed(confirmed));
    this.#restoration.end();
    this.#warnings.clear();
    this.parts.onConfirmed(run);
    const ended: EndedPlan = { ...runIdentity(run), state: 'confirmed', digest: snapshotDigest(snapshot) };
    return await this.#settle(ended, { type: 'confirmed', planId: run.planId });
  }

  async #revert({ run, snapshot }: PendingRevision, reason: string): Promise<Receipt> {
    this.#stage.revert();
    const ended: EndedPlan = { ...run, state: 'reverted', digest: snapshotDigest(snapshot), reason };
    return await this.#settle(ended, { type: 'reverted', planId: run.planId, reason });
  }

  async #edit({ actor, ifMatch, ...edit }: Edit): Promise<string> {
    this.#refuseWhilePending();
    const { reason } = this.#restoration;
    if (reason !== undefined) throw new FairleadError('node.not-ready', `nothing can be edited: ${reason}`);
    if (ifMatch !== undefined) this.#expect(ifMatch);
    const before = this.#stage.confirmed;
    const { key, snapshot } = editSnapshot(before.snapshot, edit, this.kinds);
    const digest = snapshotDigest(snapshot);
    if (digest === snapshotDigest(before.snapshot)) return digest;
    const secrets = secretsDelivered(snapshot, new Map(), before.secrets);
    const time = new Date(this.parts.clock.nowMs()).toISOString();
    const made: OperatorEdit = { key, action: edit.action, actor, time };
    const next = { ...before, snapshot, secrets, edits: [...before.edits, made].slice(-mostEdits) };
    await this.#stage.replace(next, () => this.parts.directory.saveConfirmed(next));
    await this.#warnings.tolerate(() => this.parts.directory.saveSecrets(secrets));
    this.#changed({ type: 'edited', edit: made });
    return digest;
  }

  async #decide(pending: PendingRevision, isConfirmedByPeer: boolean): Promise<void> {
    if (this.#stage.pending !== pending) return;
    const seconds = Math.round(pending.confirmWithinMs / 1000);
    if (!isConfirmedByPeer) {
      await this.#revert(pending, `nobody confirmed it within ${seconds} s`);
      return;
    }
    try {
      await this.#confirm(pending);
    } catch (error) {
      const { code, message } = asFairleadError(error);
      if (code !== 'apply.prepare-failed') throw error;
      await this.#revert(pending, `a peer confirmed it, but it could not be prepared again: ${message}`);
    }
  }

  /** Writes down how a plan ended; what cannot be written is made up for at the next start. */
  async #settle(ended: EndedPlan, cause: SnapshotCause): Promise<Receipt> {
    const { receipts, directory } = this.parts;
    this.#deadline.cancel();
    receipts.add(ended);
    await this.#warnings.tolerate(() => directory.saveReceipts(receipts.all));
    await this.#warnings.tolerate(() => directory.removePending());
    await this.#warnings.tolerate(() => directory.saveSecrets(this.#stage.confirmed.secrets));
    this.#changed(cause);
    return receiptOf(this.parts.node, ended);
  }

  async #persistPending(pending: PendingRevision): Promise<void> {
    const { directory } = this.parts;
    await directory.saveSecrets(this.#stage.confirmed.secrets, pending.secrets);
    await directory.savePending(pending);
  }

  #changed(cause: SnapshotCause): void {
    this.parts.log.info({ cause, digest: snapshotDigest(this.#stage.serving.snapshot) }, 'configuration');
    this.parts.onChange(cause);
  }

  #refuseWhilePending(): void {
    const { pending } = this.#stage;
    if (pending === undefined) return;
    throw new FairleadError('node.pending', `plan ${pending.run.planId} waits for its confirmation`);
  }

  #expect(digest: string): void {
    const serving = snapshotDigest(this.#stage.serving.snapshot);
    if (digest === serving) return;
    throw new FairleadError('plan.stale', `made from ${digest}, but the node serves ${serving}`);
  }
}

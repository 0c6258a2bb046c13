import { asFairleadError } from '../errors.js';
import type { Clock, Timer } from '../platform/clock.js';
import type { Log } from '../platform/log.js';
import type { PeerPlans, RunName } from './link-port.js';
import type { PendingRevision } from './revision.js';

/** Ends a pending revision one way or the other; does nothing when it has ended already. */
type Decide = (pending: PendingRevision, isConfirmedByPeer: boolean) => Promise<void>;

const peerLimitMs = 3_000;
const decideAgainMs = 1_000;

/** The time a pending revision has; when it is over, peers are asked and the decision is carried out, tried again until it is done. */
export class ConfirmDeadline {
  #timer: Timer | undefined;
  #endsAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly peers: PeerPlans,
    private readonly decide: Decide,
  ) {}

  /** Milliseconds, 0 when it is over. */
  get remainingMs(): number {
    return Math.max(0, Math.round(this.#endsAtMs - this.clock.monotonicMs()));
  }

  /** Starts the time of a pending revision, in place of any other. */
  arm(pending: PendingRevision, delayMs: number): void {
    this.#endsAtMs = this.clock.monotonicMs() + delayMs;
    this.#after(delayMs, pending);
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #after(delayMs: number, pending: PendingRevision): void {
    this.cancel();
    const timer = this.clock.after(delayMs, () => void this.#end(pending, timer));
    this.#timer = timer;
  }

  async #end(pending: PendingRevision, timer: Timer): Promise<void> {
    const { planId } = pending.run;
    try {
      await this.decide(pending, await this.#isConfirmedByPeer(pending.run));
    } catch (error) {
      if (this.#timer !== timer) return;
      const { code, message } = asFairleadError(error);
      this.log.error({ planId, code }, `the end of a plan could not be carried out: ${message}`);
      this.#after(decideAgainMs, pending);
    }
  }

  /** A peer that cannot be asked has not confirmed: a plan never stays in force because of it. */
  async #isConfirmedByPeer({ planId, order }: RunName): Promise<boolean> {
    return await this.peers
      .anyConfirmed({ planId, ...(order !== undefined && { order }) }, peerLimitMs)
      .catch(() => false);
  }
}

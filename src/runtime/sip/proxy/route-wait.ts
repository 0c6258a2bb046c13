import { transactionLifetimeMs } from '../transaction/sip-timers.js';
import type { TransactionContext } from '../transaction/transaction-context.js';
import { WheelEntry } from '../transaction/timer-wheel.js';

/** Bounds the time that a role may take to decide about a request. */
export class RouteWait extends WheelEntry {
  readonly #onTooLong: () => void;
  readonly #context: TransactionContext;

  constructor(onTooLong: () => void, context: TransactionContext) {
    super();
    this.#onTooLong = onTooLong;
    this.#context = context;
    context.wheel.schedule(this, transactionLifetimeMs(context.timers()));
  }

  onDue(): void {
    this.#onTooLong();
  }

  end(): void {
    this.#context.wheel.cancel(this);
  }
}

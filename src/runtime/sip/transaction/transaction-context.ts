import type { HopWatch } from './hop-watch.js';
import type { SipTimers } from './sip-timers.js';
import type { TimerWheel } from './timer-wheel.js';

/** What all transactions of one engine share. */
export interface TransactionContext {
  readonly wheel: TimerWheel;
  readonly hops: HopWatch;
  /** Read when a transaction starts, so that new values hold for new transactions. */
  readonly timers: () => SipTimers;
}

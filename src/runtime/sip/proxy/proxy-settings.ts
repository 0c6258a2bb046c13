import { defaultSipTimers, type SipTimers } from '../transaction/sip-timers.js';

/** Bounds and waits of a proxy engine; may be exchanged while it runs, and hold for new transactions. */
export interface ProxySettings {
  readonly timers: SipTimers;
  /** Server and client transactions together; beyond, new requests are answered with 503. */
  readonly maximumTransactions: number;
  /** What Retry-After says in our own 503. */
  readonly retryAfterSeconds: number;
}

export const defaultProxySettings: ProxySettings = {
  timers: defaultSipTimers,
  maximumTransactions: 40_000,
  retryAfterSeconds: 5,
};

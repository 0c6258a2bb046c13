import type { NodeEvent, TrafficCounts } from '../admin/contract.js';
import type { Clock, Timer } from '../platform/clock.js';
import type { Service } from './service.js';

export interface TrafficWatchDeps {
  readonly clock: Clock;
  readonly counts: () => TrafficCounts;
  readonly publish: (event: NodeEvent) => void;
}

/** Short enough to follow a failover, long enough that thousands of phones make no more events than one. */
const tellEveryMs = 5000;

/** Tells of registrations and calls when they have changed, at most every 5 s; nothing where SIP is not served. */
export class TrafficWatch implements Service {
  readonly name = 'traffic watch';
  readonly #deps: TrafficWatchDeps;
  #told = { registrations: 0, calls: 0 };
  #timer: Timer | undefined;

  constructor(deps: TrafficWatchDeps) {
    this.#deps = deps;
  }

  start(): Promise<void> {
    this.#look();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#timer?.cancel();
    return Promise.resolve();
  }

  #look(): void {
    const { clock, counts, publish } = this.#deps;
    this.#timer = clock.after(tellEveryMs, () => this.#look(), { idle: true });
    const { registrations, registrationsPeak: peak, calls } = counts();
    if (peak === undefined || calls === undefined) return;
    if (registrations === this.#told.registrations && calls === this.#told.calls) return;
    this.#told = { registrations, calls };
    publish({ type: 'traffic', registrations, registrationsPeak: peak, calls });
  }
}

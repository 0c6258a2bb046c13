import type { MaintenanceStatus, TrafficLeft } from '../../admin/contract.js';
import type { Clock, Timer } from '../../platform/clock.js';
import type { Service } from '../service.js';
import type { Maintenance } from './maintenance.js';

export interface DrainWatchDeps {
  readonly clock: Clock;
  readonly maintenance: Maintenance;
  /** What goes on now. */
  left(): TrafficLeft;
}

/** A change of what a node says of its maintenance mode. */
export type DrainChange = MaintenanceStatus['state'] | 'ended';

const lookEveryMs = 1000;

function isEmpty({ registrations, calls, requests }: TrafficLeft): boolean {
  return registrations + calls + requests === 0;
}

/** Tells how far a node in maintenance mode is drained. Once it is, single requests of users who are signed in do not undo it. */
export class DrainWatch implements Service {
  readonly name = 'drain watch';
  readonly #deps: DrainWatchDeps;
  readonly #listeners: ((change: DrainChange) => void)[] = [];
  #state: MaintenanceStatus['state'] | undefined;
  #timer: Timer | undefined;

  constructor(deps: DrainWatchDeps) {
    this.#deps = deps;
    deps.maintenance.onChange((draining) => this.#enter(draining ? 'draining' : undefined));
  }

  /** The listener must not throw. */
  onChange(listener: (change: DrainChange) => void): void {
    this.#listeners.push(listener);
  }

  /** Undefined while the node serves. */
  status(): MaintenanceStatus | undefined {
    const { period } = this.#deps.maintenance;
    if (period === undefined || this.#state === undefined) return undefined;
    const { names, reason, beganAtMs, deadlineAtMs } = period;
    return {
      state: this.#state,
      names,
      ...(reason !== undefined && { reason }),
      since: new Date(beganAtMs).toISOString(),
      ...(deadlineAtMs !== undefined && { deadline: new Date(deadlineAtMs).toISOString() }),
      left: this.#deps.left(),
    };
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
    this.#timer = this.#deps.clock.after(lookEveryMs, () => this.#look(), { idle: true });
    if (this.#state === undefined) return;
    const left = this.#deps.left();
    if (isEmpty(left)) this.#enter('drained');
    else if (left.registrations + left.calls > 0) this.#enter('draining');
  }

  #enter(state: MaintenanceStatus['state'] | undefined): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state ?? 'ended');
  }
}

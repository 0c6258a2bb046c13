import type { MaintenanceResource } from '../../model/generated/kinds.js';
import { resourcesOf, type Snapshot } from '../../model/snapshot.js';
import type { Clock, Timer } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { Participant, Prepared } from '../participant.js';
import type { Prober } from '../prober.js';
import type { Service } from '../service.js';
import type { DrainPort } from './drain-port.js';
import { type MaintenanceOrder, maintenanceOrder } from './maintenance-order.js';

/** Maintenance mode as it is now. Times are wall clock. */
export interface MaintenancePeriod {
  /** Names of the Maintenance resources that hold, at least one. */
  readonly names: readonly string[];
  readonly reason: string | undefined;
  readonly beganAtMs: number;
  /** When what is left is ended; undefined when it may take as long as it takes. */
  readonly deadlineAtMs: number | undefined;
}

export interface MaintenanceDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** The wall clock may be set at any time, so that no timer is trusted for longer. */
const longestSleepMs = 60_000;

/**
 * Maintenance mode of a node: it begins and ends as the Maintenance resources and their windows say, at once when a snapshot
 * says so. A swap in between that says the same changes nothing, and does not begin the time to drain again.
 */
export class Maintenance implements DrainPort, Participant, Service, Prober {
  readonly name = 'maintenance';
  readonly kinds = ['Maintenance'] as const;
  readonly #node: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #changed: ((draining: boolean) => void)[] = [];
  readonly #ended: (() => void)[] = [];
  #resources: readonly MaintenanceResource[] = [];
  #order: { readonly from: number; readonly value: MaintenanceOrder } | undefined;
  #period: MaintenancePeriod | undefined;
  #isOver = false;
  #isStarted = false;
  #timer: Timer | undefined;

  constructor(node: string, { clock, log }: MaintenanceDeps) {
    this.#node = node;
    this.#clock = clock;
    this.#log = log;
  }

  /** Undefined while the node serves. */
  get period(): MaintenancePeriod | undefined {
    return this.#period;
  }

  isDraining(): boolean {
    return this.#period !== undefined;
  }

  onChange(listener: (draining: boolean) => void): void {
    this.#changed.push(listener);
  }

  onDeadline(listener: () => void): void {
    this.#ended.push(listener);
  }

  prepare(next: Snapshot): Promise<Prepared> {
    const resources = resourcesOf(next, 'Maintenance');
    const activate = () => {
      this.#resources = resources;
      this.#order = undefined;
      this.#look();
    };
    return Promise.resolve({ activate, release: () => Promise.resolve() });
  }

  start(): Promise<void> {
    this.#isStarted = true;
    this.#look();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#isStarted = false;
    this.#timer?.cancel();
    return Promise.resolve();
  }

  probe(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    const order = this.#orderAt(nowMs);
    const wasDraining = this.isDraining();
    this.#period = order.names.length === 0 ? undefined : this.#continued(order, nowMs);
    if (this.isDraining() !== wasDraining) this.#tell();
    this.#endWhatIsLeft(nowMs);
    this.#sleep([order.changesAtMs, this.#isOver ? undefined : this.#period?.deadlineAtMs], nowMs);
  }

  /** Windows cost something to read; what was read holds until the next of them opens or closes. */
  #orderAt(nowMs: number): MaintenanceOrder {
    const known = this.#order;
    if (known !== undefined && nowMs >= known.from && nowMs < (known.value.changesAtMs ?? Infinity)) return known.value;
    const value = maintenanceOrder(this.#resources, this.#node, nowMs);
    this.#order = { from: nowMs, value };
    return value;
  }

  #continued({ names, reason, drainDeadlineSeconds }: MaintenanceOrder, nowMs: number): MaintenancePeriod {
    const beganAtMs = this.#period?.beganAtMs ?? nowMs;
    const deadlineAtMs = drainDeadlineSeconds === undefined ? undefined : beganAtMs + drainDeadlineSeconds * 1000;
    return { names, reason, beganAtMs, deadlineAtMs };
  }

  #tell(): void {
    this.#isOver = false;
    const { names, reason } = this.#period ?? {};
    this.#log.info({ names, reason }, this.#period === undefined ? 'maintenance mode ends' : 'maintenance mode begins');
    for (const listener of this.#changed) listener(this.isDraining());
  }

  #endWhatIsLeft(nowMs: number): void {
    const { deadlineAtMs } = this.#period ?? {};
    if (this.#isOver || deadlineAtMs === undefined || nowMs < deadlineAtMs) return;
    this.#isOver = true;
    this.#log.warn({}, 'the time to drain is over; what is left is ended');
    for (const listener of this.#ended) listener();
  }

  #sleep(instantsMs: readonly (number | undefined)[], nowMs: number): void {
    this.#timer?.cancel();
    const next = Math.min(...instantsMs.map((instant) => instant ?? Infinity));
    if (!this.#isStarted || next === Infinity) return;
    this.#timer = this.#clock.after(Math.min(Math.max(next - nowMs, 0), longestSleepMs), () => this.#look(), {
      idle: true,
    });
  }
}

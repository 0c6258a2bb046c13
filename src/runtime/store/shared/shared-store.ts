import { randomUUID } from 'node:crypto';
import type { Snapshot } from '../../../model/snapshot.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Meter } from '../../../platform/meter.js';
import type { GrantDesk } from '../../grants/grant-desk.js';
import type { Participant, Prepared, SecretLookup } from '../../participant.js';
import type { Prober } from '../../prober.js';
import type { Service } from '../../service.js';
import type { StatementVerifier } from '../../statement-keys.js';
import { newMemoryRevocations } from '../memory-revocations.js';
import { newMemoryLiveUsers } from '../memory-traffic-store.js';
import type { TrafficStore } from '../traffic-store.js';
import { SharedAuthorizationCounts } from './shared-authorization-counts.js';
import { type ClusterDevices, type DeviceSource, type SharedDeviceCount, SharedDevices } from './shared-devices.js';
import { SharedNews } from './shared-news.js';
import { type StoreAddress, storeAddressOf } from './store-address.js';
import { StoreSession } from './store-session.js';

export interface SharedStoreDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly cluster: string;
  readonly node: string;
  readonly grants: GrantDesk;
  /** The keys of all cores of the cluster. */
  readonly keys: StatementVerifier;
  /** How long a client may be kept waiting for the store; 50 ms, unless a test says otherwise. */
  readonly patienceMs?: number;
}

const tickEveryMs = 500;
const noSession = { activate: () => undefined, release: () => Promise.resolve() };

/**
 * What the cores of a cluster share: through the store that the snapshot names, and from memory while there is none or it
 * is away. Nothing that serves clients waits for it longer than 50 ms, and nothing fails for want of it.
 */
export class SharedStore implements Participant, Service, Prober, SharedDeviceCount {
  readonly name = 'shared store';
  readonly kinds = ['Cluster'] as const;
  readonly traffic: TrafficStore;
  readonly #deps: SharedStoreDeps;
  readonly #prefix: string;
  readonly #authorizations: SharedAuthorizationCounts;
  readonly #devices: SharedDevices;
  readonly #news: SharedNews;
  readonly #failures;
  #address: StoreAddress | undefined;
  #session: StoreSession | undefined;
  #isRunning = false;
  #timer: Timer | undefined;

  constructor(deps: SharedStoreDeps) {
    const { clock, cluster, node, grants, keys, meter } = deps;
    this.#deps = deps;
    // Braces keep the keys of a cluster together, should the store be split over several servers.
    this.#prefix = `fairlead:{${cluster}}:`;
    const instance = randomUUID();
    const revocations = newMemoryRevocations(clock);
    const prefix = this.#prefix;
    this.#authorizations = new SharedAuthorizationCounts({ clock, prefix, session: () => this.#session });
    this.#news = new SharedNews({ clock, prefix, instance, revocations, grants, keys });
    const onNewStore = (session: StoreSession) => this.#news.retell(session);
    const isUp = () => this.#session?.isUp ?? false;
    this.#devices = new SharedDevices({ prefix, core: node, instance, isUp, onNewStore });
    this.traffic = { authorizations: this.#authorizations, revocations, liveUsers: newMemoryLiveUsers(clock) };
    this.#failures = meter.counter('fairlead_store_failures_total', 'Questions that the shared store did not answer.');
    meter.gauge('fairlead_store_up', 'Whether the shared store is in use.', () => Number(isUp()));
  }

  /** Dials nothing: a store that is away neither fails an apply nor is waited for. */
  prepare(next: Snapshot, secrets: SecretLookup): Promise<Prepared> {
    return new Promise((resolve) => {
      const address = storeAddressOf(next, secrets);
      resolve({ ...noSession, activate: () => this.#use(address) });
    });
  }

  start(): Promise<void> {
    this.#isRunning = true;
    this.#open();
    this.#tickSoon();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.cancel();
    this.#close();
    return Promise.resolve();
  }

  probe(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  countDevices(source: DeviceSource): void {
    this.#devices.count(source);
  }

  clusterDevices(): ClusterDevices | undefined {
    return this.#session?.isUp === true ? this.#devices.counts : undefined;
  }

  #use(address: StoreAddress | undefined): void {
    if (address?.identity === this.#address?.identity) return;
    this.#address = address;
    this.#close();
    this.#open();
  }

  #open(): void {
    if (!this.#isRunning || this.#address === undefined || this.#session !== undefined) return;
    const { clock, log, patienceMs = 50 } = this.#deps;
    const session = new StoreSession(this.#address, `${this.#prefix}probe`, {
      ...{ clock, log, patienceMs },
      onUp: () => void this.#comeUp(session),
      onFailure: () => this.#failures.inc(),
    });
    this.#session = session;
  }

  #close(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  async #comeUp(session: StoreSession): Promise<void> {
    for (const part of [this.#authorizations, this.#devices, this.#news]) await part.onUp(session);
  }

  #tickSoon(): void {
    this.#timer = this.#deps.clock.after(tickEveryMs, () => void this.#tick(), { idle: true });
  }

  async #tick(): Promise<void> {
    const session = this.#session;
    if (session?.isUp === true) {
      for (const part of [this.#devices, this.#news]) await part.tick(session);
    }
    if (this.#isRunning) this.#tickSoon();
  }
}

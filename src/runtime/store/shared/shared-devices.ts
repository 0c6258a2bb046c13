import { randomUUID } from 'node:crypto';
import { itemsOf } from './reply-items.js';
import type { SharedPart } from './shared-part.js';
import type { StoreSession } from './store-session.js';
import { deviceScript } from './device-script.js';

/** Devices of all cores together. */
export interface ClusterDevices {
  readonly registered: number;
  /** The most at one time, as the store saw it. */
  readonly peak: number;
}

/** The devices that are registered through this core. */
export interface DeviceSource {
  devices(): Iterable<string>;
  /** Told of each device that arrives, or arrives anew, and of each that leaves. */
  onDevice(listener: (device: string, isHere: boolean) => void): void;
}

/** Where the devices of a core are counted together with those of the others. */
export interface SharedDeviceCount {
  /** Counts these devices as this core's; once. */
  countDevices(source: DeviceSource): void;
  /** The devices of all cores together; undefined while no store tells. */
  clusterDevices(): ClusterDevices | undefined;
}

export interface SharedDevicesParts {
  readonly prefix: string;
  readonly core: string;
  readonly instance: string;
  readonly isUp: () => boolean;
  /** The store has lost what it knew, or is another one. */
  readonly onNewStore: (session: StoreSession) => Promise<void>;
}

interface Reply extends ClusterDevices {
  readonly mark: string;
}

type Mode = 'begin' | 'all' | 'changes';

/** A core that says nothing for this long has died, and its devices with it. */
const leaseMs = 5000;
/** A peak is that of a run of the cluster, which ends when all cores were away for this long. */
const peakLifeMs = 600_000;
const devicesPerRequest = 500;
const answerWithinMs = 500;

function readReply(answer: unknown): Reply | 'unknown' | undefined {
  const [isKnown, registered, peak, mark] = itemsOf(answer);
  if (isKnown === 0) return 'unknown';
  if (typeof registered !== 'number' || typeof peak !== 'number' || typeof mark !== 'string') return undefined;
  return { registered, peak, mark };
}

/** Counts the devices of all cores by telling the store which ones arrive here and leave. */
export class SharedDevices implements SharedPart {
  readonly #parts: SharedDevicesParts;
  #source: DeviceSource | undefined;
  #changes = new Map<string, boolean>();
  #last: Reply | undefined;

  constructor(parts: SharedDevicesParts) {
    this.#parts = parts;
  }

  /** What the cores have together; as it was when the store last answered. */
  get counts(): ClusterDevices | undefined {
    return this.#last;
  }

  count(source: DeviceSource): void {
    this.#source = source;
    source.onDevice((device, isHere) => {
      // A store that is away hears of all devices when it is back.
      if (this.#parts.isUp()) this.#changes.set(device, isHere);
    });
  }

  /** Whatever the store remembers of this core, it hears of all devices once more. */
  async onUp(session: StoreSession): Promise<void> {
    const devices = [...(this.#source?.devices() ?? [])];
    this.#changes = new Map();
    const before = this.#last?.mark;
    for (let index = 0, mode: Mode = 'begin'; index === 0 || index < devices.length; mode = 'all') {
      const batch = devices.slice(index, index + devicesPerRequest);
      if ((await this.#ask(session, mode, batch, [])) !== 'told') return;
      index += devicesPerRequest;
    }
    if (this.#last !== undefined && this.#last.mark !== before) await this.#parts.onNewStore(session);
  }

  async tick(session: StoreSession): Promise<void> {
    do {
      const batch = [...this.#changes].slice(0, devicesPerRequest);
      for (const [device] of batch) this.#changes.delete(device);
      const named = (isHere: boolean) => batch.flatMap(([device, here]) => (here === isHere ? device : []));
      const outcome = await this.#ask(session, 'changes', named(true), named(false));
      if (outcome === 'unknown') await this.onUp(session);
      // What was not told is told with all others, when the store is back.
      if (outcome !== 'told') return;
    } while (this.#changes.size > 0);
  }

  async #ask(
    session: StoreSession,
    mode: Mode,
    arrived: readonly string[],
    left: readonly string[],
  ): Promise<'told' | 'unknown' | 'away'> {
    const { prefix, core, instance } = this.#parts;
    const keys = ['cores', 'peak', 'mark', `devices:${core}`, `lease:${core}`].map((key) => `${prefix}${key}`);
    const fixed = [mode, core, instance, leaseMs, peakLifeMs, randomUUID(), `${prefix}devices:`];
    const parts = [...fixed, arrived.length, ...arrived, ...left];
    const request = session.ask({ script: deviceScript, keys, parts, read: readReply }, answerWithinMs);
    const reply = await request?.inTime.catch(() => undefined);
    if (reply === undefined) return 'away';
    if (reply === 'unknown') return 'unknown';
    this.#last = reply;
    return 'told';
  }
}

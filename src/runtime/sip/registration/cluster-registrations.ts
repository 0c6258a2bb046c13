import type { NodeRole } from '../../../model/plan.js';
import type { Clock } from '../../../platform/clock.js';
import type { SharedDeviceCount } from '../../store/shared/shared-devices.js';
import type { ClusterLoad, SignallingLinks, SignallingLoad } from '../../signalling-port.js';
import type { RegistrationCounts, Registrations } from './registrations.js';

export interface ClusterRegistrationsParts {
  readonly clock: Clock;
  readonly links: Pick<SignallingLinks, 'links'>;
  readonly registrations: Registrations;
  /** What an edge has is registered through a core as well, and not counted twice. */
  readonly role: NodeRole;
  /** What the store says that the cores share; undefined without it. */
  readonly shared?: SharedDeviceCount | undefined;
}

/**
 * A sum counts for the peak when it held for this long. While devices move from core to core, one core tells of them sooner
 * than the other: a core that died is heard of for up to 3 s more.
 */
const heldForMs = 5000;

interface Sum {
  readonly atMs: number;
  readonly value: number;
}

/**
 * The devices registered over the whole cluster. Cores add up what each of them has; where they share a store it knows
 * better, as it sees each device, and edges believe the core that speaks for it. The peak is that of
 * the sum, never the sum of peaks.
 */
export class ClusterRegistrations {
  readonly #parts: ClusterRegistrationsParts;
  /** Sums of the time just passed, the oldest first. */
  #recent: readonly Sum[] = [];
  readonly #since: number;
  #peak = 0;

  constructor(parts: ClusterRegistrationsParts) {
    this.#parts = parts;
    this.#since = parts.clock.monotonicMs();
    parts.shared?.countDevices(parts.registrations);
  }

  /** To be called once a second. */
  look(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    const held = this.#recent.filter(({ atMs }) => atMs > nowMs - heldForMs);
    this.#recent = [...held, { atMs: nowMs, value: this.#sum() }];
    if (nowMs - this.#since < heldForMs) return;
    this.#peak = Math.max(this.#peak, Math.min(...this.#recent.map(({ value }) => value)));
  }

  /** What this node says of the cluster, for its peers to hear. */
  told(): ClusterLoad {
    const { current: registrations, peak } = this.counts();
    return { registrations, peak, isShared: this.#shared() !== undefined };
  }

  counts(): RegistrationCounts {
    const shared = this.#shared() ?? this.#sharedByPeers();
    if (shared !== undefined) return shared;
    const peaks = this.#loads().map(({ cluster }) => cluster?.peak ?? 0);
    const { peak: ownPeak } = this.#parts.registrations.counts();
    return { current: this.#sum(), peak: Math.max(ownPeak, this.#peak, ...peaks) };
  }

  #shared(): RegistrationCounts | undefined {
    const devices = this.#parts.shared?.clusterDevices();
    return devices && { current: devices.registered, peak: devices.peak };
  }

  /** Of the cores that speak for the store, the first one's word. */
  #sharedByPeers(): RegistrationCounts | undefined {
    const told = this.#loads().find(({ cluster }) => cluster?.isShared === true)?.cluster;
    return told && { current: told.registrations, peak: told.peak };
  }

  #sum(): number {
    const { role, registrations: own } = this.#parts;
    const first = role === 'core' ? own.counts().current : 0;
    return this.#loads().reduce((sum, { registrations }) => sum + registrations, first);
  }

  /** Of the cores that are linked. */
  #loads(): readonly SignallingLoad[] {
    return this.#parts.links.links().flatMap(({ isUp, peerRole, peerState }) => {
      return isUp && peerRole === 'core' && peerState !== undefined ? [peerState.load] : [];
    });
  }
}

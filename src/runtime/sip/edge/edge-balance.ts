import { LoadBalance } from '../../routing/load-balance.js';
import type { CoreView } from '../../routing/core-order.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { RegistrationFailoverSpec } from '../../../model/generated/kinds.js';
import type { SignallingLink, SignallingLinks } from '../../signalling-port.js';
import type { Registrations } from '../registration/registrations.js';

export interface EdgeBalanceParts {
  readonly clock: Clock;
  readonly links: SignallingLinks;
  readonly registrations: Registrations;
  readonly settings: () => RegistrationFailoverSpec;
}

/** The cores whose links are up, as their last word describes them. */
export function coreViews(links: readonly SignallingLink[]): readonly CoreView[] {
  return links.flatMap(({ peer, isUp, peerState }) => {
    if (!isUp || peerState === undefined) return [];
    return { name: peer, isDraining: peerState.draining, registrations: peerState.load.registrations };
  });
}

/** Steers registrations from core to core, and knows whether this edge has too many of the cluster's. */
export class EdgeBalance {
  readonly #parts: EdgeBalanceParts;
  readonly #cores = new LoadBalance();
  readonly #edges = new LoadBalance();
  #timer: Timer | undefined;

  constructor(parts: EdgeBalanceParts) {
    this.#parts = parts;
  }

  /** Registrations that were led to another core since the start. */
  get moved(): number {
    return this.#cores.moved;
  }

  start(): void {
    this.#look();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The core that a REGISTER of a client that follows should go to instead; `present` is where it is registered. */
  elsewhere(present: string | undefined): string | undefined {
    return this.#cores.elsewhere(present);
  }

  /** Whether a client that follows should better go to another edge; asked once per refresh, as it counts what it hopes for. */
  isOverloaded(self: string): boolean {
    return this.#edges.elsewhere(self) !== undefined;
  }

  #look(): void {
    const { clock, links, registrations, settings } = this.#parts;
    const { loadBalance } = settings();
    const views = coreViews(links.links()).filter(({ isDraining }) => !isDraining);
    const loads = views.map(({ name, registrations: count }) => {
      return { core: name, registrations: count, own: registrations.countOf(name) };
    });
    this.#cores.look(loads, loadBalance);
    this.#edges.look(this.#edgeLoads(), loadBalance);
    this.#timer = clock.after(loadBalance.reportIntervalSeconds * 1000, () => this.#look(), { idle: true });
  }

  /** What the cores together know of each edge. */
  #edgeLoads() {
    const sums = new Map<string, number>();
    for (const { isUp, peerState } of this.#parts.links.links()) {
      if (!isUp) continue;
      for (const [edge, count] of Object.entries(peerState?.load.byEdge ?? {})) {
        sums.set(edge, (sums.get(edge) ?? 0) + count);
      }
    }
    return [...sums].map(([edge, count]) => ({ core: edge, registrations: count, own: count }));
  }
}

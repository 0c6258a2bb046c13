import type { HoldPort } from '../../hold-port.js';
import { LoadBalance } from '../../routing/load-balance.js';
import type { CoreView } from '../../routing/core-order.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Meter } from '../../../platform/meter.js';
import type { RegistrationFailoverSpec } from '../../../model/generated/kinds.js';
import type { SignallingLink, SignallingLinks } from '../../signalling-port.js';
import type { Registrations } from '../registration/registrations.js';
import { OverloadWarnings } from './overload-warnings.js';

export interface EdgeBalanceParts {
  /** Name of this node. */
  readonly node: string;
  readonly clock: Clock;
  readonly links: SignallingLinks;
  readonly standings: HoldPort;
  readonly registrations: Registrations;
  readonly settings: () => RegistrationFailoverSpec;
}

/** The cores whose links are up, as their last word describes them; one that is held back takes nobody, like one that drains. */
export function coreViews(links: readonly SignallingLink[], standings: HoldPort): readonly CoreView[] {
  const views: CoreView[] = [];
  for (const { peer, isUp, peerState } of links) {
    if (!isUp || peerState === undefined) continue;
    const isDraining = peerState.draining || standings.isHeldBack(peer);
    views.push({ name: peer, isDraining, registrations: peerState.load.registrations });
  }
  return views;
}

/** Steers registrations from core to core, and knows whether this edge has too many of the cluster's. */
export class EdgeBalance {
  readonly #parts: EdgeBalanceParts;
  readonly #cores = new LoadBalance();
  readonly #edges = new LoadBalance();
  readonly #warnings: OverloadWarnings;
  #timer: Timer | undefined;

  constructor(parts: EdgeBalanceParts) {
    this.#parts = parts;
    this.#warnings = new OverloadWarnings(parts);
  }

  /** Measures what it decides. */
  measure(meter: Meter): void {
    const [cores, edges] = [this.#cores, this.#edges];
    meter.gauge('fairlead_sip_steering', 'Whether registrations are led to less loaded cores.', () =>
      Number(cores.isSteering),
    );
    meter.total('fairlead_sip_registrations_moved_total', 'Registrations led to a less loaded core.', [], () => [
      { labels: {}, value: cores.moved },
    ]);
    meter.gauge('fairlead_sip_edges_uneven', 'Whether the edges of the cluster are unevenly loaded.', () =>
      Number(edges.isSteering),
    );
    meter.total('fairlead_sip_overload_warnings_total', 'Clients told that this edge has too many.', [], () => [
      { labels: {}, value: this.#warnings.given },
    ]);
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

  /**
   * Whether a device that has registered or refreshed should better go to another edge. Each yes uses up a part of this edge's
   * excess, so that no more are told than have to go.
   */
  warns(device: string, expiresSeconds: number): boolean {
    this.#warnings.stays(device);
    if (this.#edges.elsewhere(this.#parts.node) === undefined) return false;
    this.#warnings.give(device, expiresSeconds);
    return true;
  }

  #look(): void {
    const { clock, links, standings, registrations, settings } = this.#parts;
    const { loadBalance } = settings();
    const views = coreViews(links.links(), standings).filter(({ isDraining }) => !isDraining);
    const loads = views.map(({ name, registrations: count }) => {
      return { core: name, registrations: count, own: registrations.countOf(name) };
    });
    this.#cores.look(loads, loadBalance);
    this.#edges.look(this.#edgeLoads(), loadBalance);
    this.#timer = clock.after(loadBalance.reportIntervalSeconds * 1000, () => this.#look(), { idle: true });
  }

  /** What the cores together know of each edge that takes more; who was told to go is taken as gone. */
  #edgeLoads() {
    const sums = new Map<string, number>();
    for (const { isUp, peerState } of this.#parts.links.links()) {
      if (!isUp) continue;
      for (const [edge, count] of Object.entries(peerState?.load.byEdge ?? {})) {
        sums.set(edge, (sums.get(edge) ?? 0) + count);
      }
    }
    const own = sums.get(this.#parts.node);
    const leaving = Math.min(own ?? 0, this.#warnings.leaving());
    const [least] = [...sums].filter(([edge]) => edge !== this.#parts.node).toSorted(([, a], [, b]) => a - b);
    if (own !== undefined && least !== undefined) {
      sums.set(this.#parts.node, own - leaving);
      sums.set(least[0], least[1] + leaving);
    }
    return [...sums].map(([edge, count]) => ({ core: edge, registrations: count, own: count }));
  }
}

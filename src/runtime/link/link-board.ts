import type { LinkStatus } from '../../admin/contract.js';
import type { Clock } from '../../platform/clock.js';

export type LinkStatusListener = (status: LinkStatus) => void;

/** The state of the link to each configured peer, in the order of their names. */
export class LinkBoard {
  readonly #clock: Clock;
  readonly #statuses: Map<string, LinkStatus>;
  readonly #listeners: LinkStatusListener[] = [];

  constructor(
    peers: readonly string[],
    clock: Clock,
    state: LinkStatus['state'],
    service: LinkStatus['service'] = 'tunnel',
  ) {
    const since = new Date(clock.nowMs()).toISOString();
    this.#clock = clock;
    this.#statuses = new Map(peers.toSorted().map((peer) => [peer, { peer, service, state, since }]));
  }

  status(): readonly LinkStatus[] {
    return [...this.#statuses.values()];
  }

  onChange(listener: LinkStatusListener): void {
    this.#listeners.push(listener);
  }

  /** Listeners hear of a new state, and of a new reason within a state; `since` is of the state. */
  set(peer: string, state: LinkStatus['state'], reason?: string): void {
    const known = this.#statuses.get(peer);
    if (known === undefined || (known.state === state && known.reason === reason)) return;
    const since = known.state === state ? known.since : new Date(this.#clock.nowMs()).toISOString();
    const status = { peer, service: known.service, state, since, ...(reason !== undefined && { reason }) };
    this.#statuses.set(peer, status);
    for (const listener of this.#listeners) listener(status);
  }
}

import type { Hop } from '../hop.js';

export interface HopWatcher {
  onHopLost(hop: Hop, reason: string): void;
}

interface Watched {
  /** No Set: what a Set has outgrown keeps what it held (and all its successors) until a full collection. */
  readonly watchers: HopWatcher[];
  readonly unsubscribe: () => void;
}

/** Tells everything that goes over a hop when the hop is lost, with one subscription per hop. */
export class HopWatch {
  readonly #hops = new Map<Hop, Watched>();
  readonly #onError: (error: unknown) => void;

  /** `onError` hears what a watcher throws; the others are told all the same. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** A hop that is closed already is not watched, and nobody told. */
  add(hop: Hop, watcher: HopWatcher): void {
    if (!hop.isOpen) return;
    const watched = this.#hops.get(hop);
    if (watched !== undefined) {
      watched.watchers.push(watcher);
      return;
    }
    const watchers = [watcher];
    this.#hops.set(hop, { watchers, unsubscribe: hop.onClosed((reason) => this.#lost(hop, reason)) });
  }

  remove(hop: Hop, watcher: HopWatcher): void {
    const watched = this.#hops.get(hop);
    if (watched === undefined) return;
    const at = watched.watchers.indexOf(watcher);
    if (at >= 0) watched.watchers.splice(at, 1);
    // A connection is used again soon and says when it ends; a UDP peer may never do either.
    if (watched.watchers.length === 0 && !hop.isReliable) this.#forget(hop, watched);
  }

  stop(): void {
    for (const [hop, watched] of this.#hops) this.#forget(hop, watched);
  }

  #forget(hop: Hop, watched: Watched): void {
    this.#hops.delete(hop);
    watched.unsubscribe();
  }

  #lost(hop: Hop, reason: string): void {
    const watched = this.#hops.get(hop);
    this.#hops.delete(hop);
    for (const watcher of [...(watched?.watchers ?? [])]) {
      try {
        watcher.onHopLost(hop, reason);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}

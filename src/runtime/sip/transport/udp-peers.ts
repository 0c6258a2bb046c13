import type { Swept } from './connection-sweep.js';
import type { TransportContext } from './transport-context.js';
import { UdpHop, type UdpPeer } from './udp-hop.js';

/** Longer than any transaction lives, so that what is expired is nobody's. */
const silentForMs = 600_000;

/** The hops of a UDP socket, by where datagrams go; the one that was silent for the longest gives way when there are too many. */
export class UdpPeers implements Swept {
  readonly #context: TransportContext;
  /** In the order of their last datagram, to the second. */
  readonly #hops = new Map<string, UdpHop>();

  constructor(context: TransportContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#hops.size;
  }

  /** The hop of a peer, made when there is none; `peer` is asked for only then. */
  hopFor(key: string, peer: () => Omit<UdpPeer, 'onClosed'>): UdpHop {
    const hop = this.#hops.get(key) ?? this.#open(key, peer());
    const { nowMs } = this.#context.sweep;
    if (hop.activeAtMs !== nowMs) this.#touch(key, hop, nowMs);
    return hop;
  }

  sweep(nowMs: number): void {
    for (const hop of this.#hops.values()) {
      if (nowMs - hop.activeAtMs <= silentForMs) return;
      hop.close('silent for too long');
    }
  }

  closeAll(reason: string): void {
    for (const hop of this.#hops.values()) hop.close(reason);
  }

  #open(key: string, peer: Omit<UdpPeer, 'onClosed'>): UdpHop {
    const [eldest] = this.#hops.values();
    if (eldest !== undefined && this.#hops.size >= this.#context.settings().maximumUdpHops) {
      eldest.close('its place is needed');
    }
    this.#context.sweep.add(this);
    const hop: UdpHop = new UdpHop(this.#context, { ...peer, onClosed: () => this.#remove(key) });
    this.#hops.set(key, hop);
    this.#context.sink.onOpen(hop);
    return hop;
  }

  #touch(key: string, hop: UdpHop, nowMs: number): void {
    hop.activeAtMs = nowMs;
    this.#hops.delete(key);
    this.#hops.set(key, hop);
  }

  #remove(key: string): void {
    this.#hops.delete(key);
    if (this.#hops.size === 0) this.#context.sweep.remove(this);
  }
}

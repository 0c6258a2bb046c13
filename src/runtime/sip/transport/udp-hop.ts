import type { Hop } from '../hop.js';
import { newHopId } from './hop-id.js';
import { HopLife } from './hop-life.js';
import { MessageIntake } from './message-intake.js';
import type { TransportContext } from './transport-context.js';

/** A UDP peer as its socket sees it. */
export interface UdpPeer {
  /** Canonical. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** False when the socket is closed or its queue is at its bound. */
  send(bytes: Buffer): boolean;
  onClosed(): void;
}

/** A UDP peer. Nothing tells whether it is there; its hop ends when it was silent for long or others need the place. */
export class UdpHop implements Hop {
  readonly id = newHopId();
  readonly protocol = 'UDP';
  readonly isReliable = false;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly intake: MessageIntake;
  /** Monotonic time, to the second, when something last came from here or was to go there. */
  activeAtMs: number;
  readonly #context: TransportContext;
  readonly #peer: UdpPeer;
  readonly #life: HopLife;

  constructor(context: TransportContext, peer: UdpPeer) {
    this.remoteAddress = peer.remoteAddress;
    this.remotePort = peer.remotePort;
    this.activeAtMs = context.sweep.nowMs;
    this.intake = new MessageIntake(context, this, context.settings().messages);
    this.#context = context;
    this.#peer = peer;
    this.#life = new HopLife((error) => context.log.error({ hop: this.id, err: error }, 'a hop could not be left'));
  }

  get isOpen(): boolean {
    return this.#life.isOpen;
  }

  send(bytes: Buffer): boolean {
    return this.isOpen && this.#peer.send(bytes);
  }

  close(reason: string): void {
    if (!this.#life.close(reason)) return;
    this.#peer.onClosed();
    this.#context.sink.onClosed(this, reason);
  }

  onClosed(listener: (reason: string) => void): () => void {
    return this.#life.onClosed(listener);
  }
}

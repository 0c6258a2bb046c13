import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../platform/clock.js';

export interface PulseListener {
  /** Time to show the other end that we are there. */
  onBeat(): void;
  /** Not a byte came for `silentPeriods` periods. */
  onSilence(): void;
}

/**
 * Notices that the other end is gone. Both ends send unasked, so neither waits for an answer behind a full send buffer; and
 * periods are counted, not time, so that a stall of our own process is not taken for silence of the other.
 */
export class Pulse {
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #limits: { readonly aliveEveryMs: number; readonly silentPeriods: number };
  readonly #listener: PulseListener;
  #timer: Timer | undefined;
  #seenBytes = 0;
  #silent = 0;

  constructor(
    clock: Clock,
    socket: Socket,
    limits: { readonly aliveEveryMs: number; readonly silentPeriods: number },
    listener: PulseListener,
  ) {
    this.#clock = clock;
    this.#socket = socket;
    this.#limits = limits;
    this.#listener = listener;
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(): void {
    this.#timer = this.#clock.after(this.#limits.aliveEveryMs, () => this.#beat());
  }

  #beat(): void {
    const { bytesRead } = this.#socket;
    this.#silent = bytesRead === this.#seenBytes ? this.#silent + 1 : 0;
    this.#seenBytes = bytesRead;
    if (this.#silent >= this.#limits.silentPeriods) {
      this.#listener.onSilence();
      return;
    }
    this.#arm();
    this.#listener.onBeat();
  }
}

import { asFairleadError } from '../../../errors.js';
import { backoffDelayMs } from '../../../platform/backoff.js';
import { type PeerDial, dialPeer } from './peer-dial.js';

/** Keeps a connection to one peer: dials, and dials again with growing random pauses whenever it is gone. */
export class PeerDialer {
  readonly #dial: PeerDial;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(dial: PeerDial) {
    this.#dial = dial;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Dials no more; the connection that serves is its owner's to close, and is waited for. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('this node stops'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, limits } = this.#dial.node;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#serve(signal);
      this.#failures += 1;
      await clock.sleep(backoffDelayMs(this.#failures, limits.redial), signal).catch(() => undefined);
    }
  }

  /** One connection from dialling to its end. */
  async #serve(signal: AbortSignal): Promise<void> {
    const { peer, node } = this.#dial;
    const { clock, limits } = node;
    try {
      const connection = await dialPeer(this.#dial, signal);
      const sinceMs = clock.monotonicMs();
      await connection.closed;
      if (clock.monotonicMs() - sinceMs >= limits.stableMs) this.#failures = 0;
    } catch (error) {
      peer.link.onFailure(asFairleadError(error).message);
    }
  }
}

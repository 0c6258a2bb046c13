import { FairleadError } from '../../../errors.js';
import { backoffDelayMs } from '../../../platform/backoff.js';
import type { Clock } from '../../../platform/clock.js';
import type { Hop } from '../hop.js';
import type { ServerDialer } from './server-dialer.js';
import type { SipServer } from './sip-server.js';

/** A failure is remembered for at least a second, so that a dead server costs its requests no time. */
const quietMs = 1000;
const backoff = { firstMs: 1000, longestMs: 8000 } as const;
/** A connection that failed sooner counts as no success: a server that accepts and resets is not dialled in a circle. */
const stableMs = 5000;

/** Told how connections with servers fare, at once. */
export interface ServerObserver {
  onConnected(server: SipServer): void;
  onUnreachable(server: SipServer, reason: string): void;
  /** A connection ended: by a reset or another failure, or in good order. */
  onLost(server: SipServer, reason: string, isFailure: boolean): void;
}

/** The one connection with a server: opened on demand, shared, and opened anew when it is gone. */
export class ServerConnection {
  readonly server: SipServer;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #dialer: ServerDialer;
  readonly #observer: ServerObserver;
  #hop: Hop | undefined;
  #opening: Promise<Hop> | undefined;
  #openedAtMs = 0;
  #failures = 0;
  #quietUntilMs = 0;
  #reason = '';
  #forgotten: string | undefined;

  constructor(server: SipServer, clock: Pick<Clock, 'monotonicMs'>, dialer: ServerDialer, observer: ServerObserver) {
    this.server = server;
    this.#clock = clock;
    this.#dialer = dialer;
    this.#observer = observer;
  }

  get hop(): Hop | undefined {
    return this.#hop?.isOpen === true ? this.#hop : undefined;
  }

  /** @throws FairleadError `sip.server-unreachable`, at once when the server failed a moment ago and this is no probe. */
  async open(isProbe: boolean): Promise<Hop> {
    if (this.hop !== undefined) return this.hop;
    if (this.#opening !== undefined) return await this.#opening;
    if (!isProbe && this.#clock.monotonicMs() < this.#quietUntilMs) throw this.#unreachable(undefined);
    this.#opening = this.#open();
    try {
      return await this.#opening;
    } finally {
      this.#opening = undefined;
    }
  }

  async knock(limitMs: number): Promise<void> {
    try {
      await this.#dialer.knock(this.server, limitMs);
    } catch (error) {
      if (this.#forgotten !== undefined) return;
      this.#failed(error instanceof Error ? error.message : String(error));
      this.hop?.close(`the server is gone: ${this.#reason}`);
      this.#observer.onUnreachable(this.server, this.#reason);
    }
  }

  /** Closes it for good. */
  forget(reason: string): void {
    this.#forgotten = reason;
    this.hop?.close(reason);
  }

  async #open(): Promise<Hop> {
    try {
      const hop = await this.#dialer.dial(this.server, (gone, failure) => this.#onGone(gone, failure));
      return this.#opened(hop);
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
      if (this.#forgotten === undefined) this.#observer.onUnreachable(this.server, this.#reason);
      throw this.#unreachable(error);
    }
  }

  #opened(hop: Hop): Hop {
    if (this.#forgotten !== undefined) {
      hop.close(this.#forgotten);
      throw new Error(this.#forgotten);
    }
    this.#hop = hop;
    this.#openedAtMs = this.#clock.monotonicMs();
    this.#quietUntilMs = 0;
    this.#observer.onConnected(this.server);
    return hop;
  }

  #onGone(hop: Hop, failure: Error | undefined): void {
    if (hop !== this.#hop) return;
    this.#hop = undefined;
    if (this.#forgotten !== undefined) return;
    const wasStable = this.#clock.monotonicMs() - this.#openedAtMs >= stableMs;
    if (wasStable) this.#failures = 0;
    else if (failure !== undefined) this.#failed(failure.message);
    this.#observer.onLost(this.server, failure?.message ?? 'the connection was closed', failure !== undefined);
  }

  #failed(reason: string): void {
    this.#failures += 1;
    this.#reason = reason;
    this.#quietUntilMs = this.#clock.monotonicMs() + Math.max(quietMs, backoffDelayMs(this.#failures, backoff));
  }

  #unreachable(cause: unknown): FairleadError {
    const { host, port, protocol } = this.server;
    const message = `${host} port ${port} over ${protocol}: ${this.#reason}`;
    return new FairleadError('sip.server-unreachable', message, { cause });
  }
}

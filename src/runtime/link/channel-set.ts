import { FairleadError } from '../../errors.js';
import { type ChannelHome, ChannelSocket } from './channel-socket.js';
import type { SshChannel } from './ssh-terms.js';

/** The channels of one link, those being opened included; bounded. */
export class ChannelSet {
  readonly #home: ChannelHome;
  readonly #limit: number;
  readonly #open = new Set<ChannelSocket>();
  #opening = 0;
  #onEmpty: (() => void)[] = [];
  #failure: FairleadError | undefined;

  constructor(home: ChannelHome, limit: number) {
    this.#home = home;
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#open.size + this.#opening >= this.#limit;
  }

  /**
   * Opens a channel towards the other end; our direction ends when the other end has ended its own, as HTTP clients expect.
   * @throws FairleadError `link.down` at the limit and when the other end refuses; the reason of the signal.
   */
  async open(request: () => Promise<SshChannel>, signal: AbortSignal): Promise<ChannelSocket> {
    signal.throwIfAborted();
    if (this.isFull) throw new FairleadError('link.down', `the link has its limit of ${this.#limit} channels open`);
    this.#opening += 1;
    this.#home.traffic.batch();
    try {
      const socket = this.#adopt(await orAborted(request(), signal), false);
      if (this.#failure !== undefined) throw this.#failure;
      return socket;
    } finally {
      this.#opening -= 1;
      this.#settle();
    }
  }

  /** Takes a channel that the other end opened; half-open, as HTTP servers expect. */
  accept(channel: SshChannel): ChannelSocket {
    return this.#adopt(channel, true);
  }

  /** Breaks every channel, and those that are still being opened. */
  failAll(reason: string): void {
    this.#failure ??= new FairleadError('link.down', reason);
    for (const socket of this.#open) socket.destroy(this.#failure);
  }

  /** Resolves when no channel is open. */
  empty(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEmpty.push(resolve);
      this.#settle();
    });
  }

  #adopt(channel: SshChannel, allowHalfOpen: boolean): ChannelSocket {
    const socket = new ChannelSocket(channel, this.#home, allowHalfOpen);
    this.#open.add(socket);
    // A link that goes breaks many channels at once; a user that listens for 'close' alone must not end the process.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#settle();
    });
    if (this.#failure !== undefined) socket.destroy(this.#failure);
    return socket;
  }

  #settle(): void {
    if (this.#open.size + this.#opening > 0) return;
    const waiting = this.#onEmpty;
    this.#onEmpty = [];
    for (const resolve of waiting) resolve();
  }
}

/** A channel that comes after the abort is closed at once. */
function orAborted(opening: Promise<SshChannel>, signal: AbortSignal): Promise<SshChannel> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(reasonOf(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    opening
      .then((channel) => (signal.aborted ? discard(channel) : resolve(channel)), reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function discard(channel: SshChannel): void {
  channel.on('error', () => undefined);
  channel.close();
  channel.resume();
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}

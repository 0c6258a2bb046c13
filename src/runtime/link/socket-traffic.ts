import type { Socket } from 'node:net';

/**
 * Lets many channels share one socket: their packets of one turn of the event loop leave in one system call, and a full
 * socket holds all writers back (the SSH library itself would buffer without end).
 */
export class SocketTraffic {
  readonly #socket: Socket;
  #corked = false;
  #held: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.prependListener('data', () => this.batch());
    socket.on('drain', () => this.#release());
    socket.once('close', () => this.#release());
  }

  /** To be called before something is written. */
  batch(): void {
    if (this.#corked || this.#socket.destroyed) return;
    this.#corked = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  /** Runs the task when the socket takes more: now, if it is not full. */
  whenWritable(task: () => void): void {
    if (this.#socket.writableNeedDrain) this.#held.push(task);
    else task();
  }

  #release(): void {
    const released = this.#held;
    this.#held = [];
    for (const task of released) task();
  }
}

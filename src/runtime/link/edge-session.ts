import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FairleadError } from '../../errors.js';
import { Link, type LinkNode } from './link.js';
import { closeSoon } from './socket-closing.js';
import { type SshServerConnection, type SshServerOptions, type ViolationKind, serveSsh } from './ssh-server.js';
import type { SshChannel } from './ssh-terms.js';

export interface EdgeSessionListener {
  onAuthenticated(session: EdgeSession): void;
  onUp(session: EdgeSession, link: Link): void;
  /** The core takes leave: channels go on, new ones go elsewhere. */
  onLeaving(session: EdgeSession, reason: string): void;
  onViolation(session: EdgeSession, kind: ViolationKind, what: string): void;
  onClosed(session: EdgeSession, reason: string): void;
}

export interface EdgeSessionOptions {
  readonly socket: Socket;
  /** Of the other end, canonical. */
  readonly address: string;
  readonly options: SshServerOptions;
  readonly node: LinkNode;
  readonly listener: EdgeSessionListener;
}

/** One connection to an edge from its first byte to its last: it is given a time to become a link, and then is one. */
export class EdgeSession {
  readonly address: string;
  readonly #socket: Socket;
  readonly #node: LinkNode;
  readonly #listener: EdgeSessionListener;
  readonly #connection: SshServerConnection;
  #core = '';
  #link: Link | undefined;
  #isForwarded = false;
  #isGreeted = false;
  #isUp = false;
  #closeReason: string | undefined;

  constructor({ socket, address, options, node, listener }: EdgeSessionOptions) {
    const { handshakeMs } = node.limits;
    this.address = address;
    this.#socket = socket;
    this.#node = node;
    this.#listener = listener;
    const deadline = node.clock.after(handshakeMs, () => {
      if (!this.#isUp) this.close(`the connection was not up within ${handshakeMs} ms`);
    });
    socket.once('close', () => {
      deadline.cancel();
      void this.#onClosed();
    });
    this.#connection = serveSsh(socket, options, {
      onAuthenticated: (core) => {
        this.#core = core;
        listener.onAuthenticated(this);
      },
      onControl: (channel) => this.#greet(channel),
      onForward: () => {
        this.#isForwarded = true;
        this.#progress();
      },
      onViolation: (kind, what) => this.#onViolation(kind, what),
    });
  }

  /** The proven identity; empty before. */
  get core(): string {
    return this.#core;
  }

  /** Whether it is, or was, a link that serves. */
  get hasServed(): boolean {
    return this.#isUp;
  }

  /** @throws FairleadError `link.down`, the reason of the signal; by rejection. */
  async openChannel(signal: AbortSignal): Promise<Duplex> {
    const link = this.#link;
    if (link?.isOpen !== true) throw new FairleadError('link.down', `the link to ${this.#core} is closing`);
    return link.channels.open(() => this.#connection.openChannel(), signal);
  }

  /** Takes leave of a link, and closes what is none yet. */
  async leave(reason: string): Promise<void> {
    if (this.#link === undefined) this.close(reason);
    else await this.#link.leave(reason);
  }

  close(reason: string): void {
    this.#closeReason ??= reason;
    if (this.#link !== undefined) {
      this.#link.close(reason);
      return;
    }
    this.#connection.end();
    closeSoon(this.#socket, this.#node.clock, this.#node.limits.lingerMs);
  }

  #greet(channel: SshChannel): void {
    const link = new Link(this.#core, this.#connection, channel, this.#node, {
      onLeaving: (reason) => this.#listener.onLeaving(this, reason),
      onViolation: (what) => this.#onViolation('protocol', what),
    });
    this.#link = link;
    void link.greeted.then(
      () => {
        this.#isGreeted = true;
        this.#progress();
      },
      () => undefined,
    );
  }

  #progress(): void {
    if (this.#isUp || !this.#isForwarded || !this.#isGreeted || this.#link?.isOpen !== true) return;
    this.#isUp = true;
    this.#listener.onUp(this, this.#link);
  }

  #onViolation(kind: ViolationKind, what: string): void {
    this.#listener.onViolation(this, kind, what);
    if (kind === 'protocol') this.close(what);
  }

  async #onClosed(): Promise<void> {
    const reason = (await this.#link?.closed) ?? this.#closeReason ?? this.#connection.problem();
    this.#listener.onClosed(this, reason ?? 'the connection was lost');
  }
}

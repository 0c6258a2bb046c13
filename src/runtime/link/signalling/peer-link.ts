import type { NodeRole } from '../../../model/plan.js';
import type { Log } from '../../../platform/log.js';
import type { News, PeerState, SignallingLink, SignallingListener, SipNote } from '../../signalling-port.js';
import type { LinkBoard } from '../link-board.js';
import type { ConnectionOwner, SignallingConnection } from './signalling-connection.js';

export interface PeerLinkDeps {
  readonly board: LinkBoard;
  readonly log: Log;
  readonly listener: () => SignallingListener;
}

const noNote: SipNote = Object.freeze({});

/** The way to one peer, over whatever connection serves now; the newest replaces an older one. */
export class PeerLink implements SignallingLink, ConnectionOwner {
  readonly peer: string;
  readonly peerRole: NodeRole;
  readonly #deps: PeerLinkDeps;
  #connection: SignallingConnection | undefined;
  #timesUp = 0;

  constructor(peer: string, peerRole: NodeRole, deps: PeerLinkDeps) {
    this.peer = peer;
    this.peerRole = peerRole;
    this.#deps = deps;
  }

  get isUp(): boolean {
    return this.#connection !== undefined;
  }

  get peerState(): PeerState | undefined {
    return this.#connection?.peerState;
  }

  get connection(): SignallingConnection | undefined {
    return this.#connection;
  }

  /** How often it came up since the node started. */
  get timesUp(): number {
    return this.#timesUp;
  }

  sendSip(flow: string, message: Buffer, note: SipNote = noNote): boolean {
    return this.#connection?.sendSip(flow, message, note) ?? false;
  }

  sendStun(flow: string, message: Buffer): boolean {
    return this.#connection?.sendStun(flow, message) ?? false;
  }

  closeFlow(flow: string, reason: string): boolean {
    return this.#connection?.closeFlow(flow, reason) ?? false;
  }

  sendNews(news: News): boolean {
    return this.#connection?.sendNews(news) ?? false;
  }

  onUp(connection: SignallingConnection): void {
    this.#connection?.close('replaced by a newer connection of the same peer');
    this.#connection = connection;
    this.#timesUp += 1;
    this.#deps.log.info({ peer: this.peer }, 'signalling link up');
    this.#deps.board.set(this.peer, 'up');
    this.#deps.listener().onUp(this);
  }

  onSip(flow: string, message: Buffer, note: SipNote): void {
    this.#deps.listener().onSip(flow, message, note, this);
  }

  onStun(flow: string, message: Buffer): void {
    this.#deps.listener().onStun(flow, message, this);
  }

  onFlowClosed(flow: string, reason: string): void {
    this.#deps.listener().onFlowClosed(flow, reason, this);
  }

  onNews(news: News): void {
    this.#deps.listener().onNews(news, this);
  }

  onPeerState(): void {
    this.#deps.listener().onPeerState(this);
  }

  onDown(connection: SignallingConnection, reason: string): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    this.#deps.log.warn({ peer: this.peer, reason }, 'signalling link down');
    this.#deps.board.set(this.peer, 'down', reason);
    this.#deps.listener().onDown(this, reason);
  }

  /** Tells why no connection came about. */
  onFailure(reason: string): void {
    if (this.isUp) return;
    const known = this.#deps.board.status().find(({ peer }) => peer === this.peer);
    if (known?.reason !== reason) this.#deps.log.warn({ peer: this.peer, reason }, 'no signalling link');
    this.#deps.board.set(this.peer, 'down', reason);
  }
}

import type { Duplex } from 'node:stream';
import type { LinkStatus } from '../admin/contract.js';

/** A core as the edge sees it through its link. */
export interface CoreLink {
  readonly core: string;
  /**
   * Opens one channel that the core serves as an HTTP/1.1 connection.
   * @throws FairleadError `link.down` when the link is gone or at its channel limit.
   */
  openChannel(signal: AbortSignal): Promise<Duplex>;
}

/** The edge's side of the links: the cores that can serve now, in the order of their names. */
export interface CoreLinks {
  up(): readonly CoreLink[];
  status(): readonly LinkStatus[];
}

/** The core's side: told of each channel that an edge opens; `edge` is the pinned identity, not a claim. */
export type ChannelListener = (channel: Duplex, edge: string) => void;

/** What peers know a run of a plan by. */
export interface RunName {
  readonly planId: string;
  /** Where whoever activated it gave one. */
  readonly order?: number;
}

/** A node that a plan was confirmed without. */
export interface Laggard {
  readonly node: string;
  /** Of the confirmed run; a later run has a greater one. */
  readonly order: number;
  readonly planId: string;
}

/** What a node tells its peers of who is behind, and of itself. */
export interface StandingWord {
  /** No run up to this order holds the teller back. */
  readonly settledOrder: number;
  /** The newest run that each node missed, as far as the teller knows. */
  readonly laggards: readonly Laggard[];
  /** The teller is in maintenance mode; absent, it is not. */
  readonly isDraining?: boolean;
}

/** Largest order of a run that is believed: the last millisecond a date can have (ECMA-262, 21.4.1.1). */
export const mostOrder = 8_640_000_000_000_000;
/** How many laggards a node remembers and tells. */
export const mostLaggards = 64;

/** What links exchange, so that no node serves what the cluster has left behind. */
export interface Standings {
  word(): StandingWord;
  hear(peer: string, word: StandingWord): void;
  /** Whether a node has to be brought forward before it may serve, as far as is known here. */
  isHeldBack(node: string): boolean;
  /** Whether a peer said last that it is in maintenance mode. */
  isDraining(peer: string): boolean;
  /** Calls the listener after each change; gives the way to end that. */
  onChange(listener: () => void): () => void;
}

/** What the other side of any link knows of a run: whether it, or a peer of it, has confirmed it. */
export interface PeerPlans {
  /** True as soon as one peer says confirmed; false when all that can be reached say no, or `timeoutMs` passed. */
  anyConfirmed(run: RunName, timeoutMs: number): Promise<boolean>;
}

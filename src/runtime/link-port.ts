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

/** What the other side of any link knows of a plan: whether it, or a peer of it, has confirmed it. */
export interface PeerPlans {
  /** True as soon as one peer says confirmed; false when all that can be reached say no, or `timeoutMs` passed. */
  anyConfirmed(planId: string, timeoutMs: number): Promise<boolean>;
}

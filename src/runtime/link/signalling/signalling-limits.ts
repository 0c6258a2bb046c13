import type { BackoffLimits } from '../../../platform/backoff.js';

/** How long and how much a signalling link may take. */
export interface SignallingLimits {
  /** Between two signs of life; both ends send them unasked. */
  readonly aliveEveryMs: number;
  /** So many periods without one byte received and the other end counts as dead. */
  readonly silentPeriods: number;
  /** From dialling, or from an accepted connection, to a link that is up. */
  readonly handshakeMs: number;
  /** What a closing connection is given to send what it holds. */
  readonly lingerMs: number;
  /** A link that was up so long makes the next redial begin with the shortest delay again. */
  readonly stableMs: number;
  readonly redial: BackoffLimits;
  /** What may wait to be sent on one link. */
  readonly queueBytes: number;
  /** Connections that are no link yet. */
  readonly unauthenticated: number;
  readonly unauthenticatedPerAddress: number;
  /** Signs of life and settings that one peer may send. */
  readonly controlFramesPerSecond: number;
  /** Changes of this node's state within so long go out as one. */
  readonly gatherMs: number;
}

/** A dead peer is noticed after 2.1 to 2.8 s of silence; a reset connection at once. */
export const defaultSignallingLimits: SignallingLimits = {
  aliveEveryMs: 700,
  silentPeriods: 3,
  handshakeMs: 5_000,
  lingerMs: 1_000,
  stableMs: 10_000,
  redial: { firstMs: 200, longestMs: 3_000 },
  queueBytes: 8 * 1024 * 1024,
  unauthenticated: 64,
  unauthenticatedPerAddress: 8,
  controlFramesPerSecond: 200,
  gatherMs: 10,
};

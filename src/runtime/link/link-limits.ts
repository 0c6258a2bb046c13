import type { BackoffLimits } from '../../platform/backoff.js';

/** How long and how much a link may take. */
export interface LinkLimits {
  /** Between two signs of life; both ends send them, asked or not. */
  readonly aliveEveryMs: number;
  /** So many periods without one byte received and the other end counts as dead. */
  readonly silentPeriods: number;
  /** From an open TCP connection to a link that is up. */
  readonly handshakeMs: number;
  /** What open channels are given to end when their link is replaced or its node stops. */
  readonly drainMs: number;
  /** What a closing socket is given to send what it holds. */
  readonly lingerMs: number;
  /** A link that was up so long makes the next redial begin with the shortest delay again. */
  readonly stableMs: number;
  readonly redial: BackoffLimits;
  /** Open channels per link; each may hold up to 3 MB that its reader has not taken. */
  readonly channels: number;
  /** Connections that have not authenticated yet. */
  readonly unauthenticated: number;
  readonly unauthenticatedPerAddress: number;
  /** Authenticated connections of one core: the one that serves, and older ones that drain. */
  readonly connectionsPerCore: number;
  readonly authenticationAttempts: number;
  readonly controlLineBytes: number;
  readonly controlMessagesPerSecond: number;
  /** Questions about plans that wait for an answer, per link. */
  readonly pendingQuestions: number;
  /** What the peers of a peer are given to answer a question that was passed on. */
  readonly relayedQuestionMs: number;
  /** New session keys after so long or so much (RFC 4344 section 3.2 allows 64 GiB for AES). */
  readonly rekeyAfterMs: number;
  readonly rekeyAfterBytes: number;
}

/** A dead peer is noticed after 2.1 to 2.8 s of silence. */
export const defaultLinkLimits: LinkLimits = {
  aliveEveryMs: 700,
  silentPeriods: 3,
  handshakeMs: 10_000,
  drainMs: 5_000,
  lingerMs: 1_000,
  stableMs: 10_000,
  redial: { firstMs: 200, longestMs: 3_000 },
  channels: 2_000,
  unauthenticated: 64,
  unauthenticatedPerAddress: 8,
  connectionsPerCore: 4,
  authenticationAttempts: 6,
  controlLineBytes: 64 * 1024,
  controlMessagesPerSecond: 200,
  pendingQuestions: 32,
  relayedQuestionMs: 2_000,
  rekeyAfterMs: 3_600_000,
  rekeyAfterBytes: 32 * 1024 ** 3,
};

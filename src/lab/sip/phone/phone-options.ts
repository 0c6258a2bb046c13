import type { Clock } from '../../../platform/clock.js';
import type { Semaphore } from '../../../platform/semaphore.js';
import type { OperationSink } from '../../client/operation-log.js';
import type { DigestUser } from '../agent/digest.js';
import type { FlowTarget, FlowTrust } from '../flow/connect-flow.js';

/** One way to be registered: a server to connect to, and the Route that goes with it. */
export interface PhoneTarget {
  readonly flow: FlowTarget;
  /** A whole Route value; undefined when the server is the registrar itself. */
  readonly route?: string;
}

export interface PhoneTiming {
  /** What REGISTER asks for; the answer decides. */
  readonly askedExpiresSeconds: number;
  /** Between two STUN requests, and how long an answer may take. */
  readonly stunIntervalMs: number;
  readonly stunPatienceMs: number;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** A capable phone comes back after a random time up to this, so that a crowd does not come at once. */
  readonly comeBackJitterMs: number;
  /** Wait after every way failed, doubled each time up to the longest; a standard phone always waits the longest. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
}

export const defaultPhoneTiming: PhoneTiming = {
  askedExpiresSeconds: 3600,
  stunIntervalMs: 30_000,
  stunPatienceMs: 3000,
  connectTimeoutMs: 5000,
  answerTimeoutMs: 5000,
  comeBackJitterMs: 500,
  retryMs: 1000,
  longestRetryMs: 30_000,
};

/** What a phone does with an INVITE; a number is the status that refuses it. */
export type Answering = 'answer' | 'ring' | number;

export interface PhoneOptions {
  /** Device name, such as `CSFADA`; stands in the operation log. */
  readonly device: string;
  /** User part of the address of record. */
  readonly user: string;
  /** Host of the address of record and of the request URI: the UC node. */
  readonly registrar: string;
  /** In the order of preference. */
  readonly targets: readonly [PhoneTarget, ...PhoneTarget[]];
  /** Needed for TLS targets. */
  readonly trust?: FlowTrust;
  /** A capable phone sends STUN, comes back at once and follows the path it is told; a standard one waits. On unless set. */
  readonly capable?: boolean;
  readonly digest?: DigestUser;
  /** Bearer token of SIP OAuth. */
  readonly token?: string;
  /** The number of the model as Unified CM knows it. */
  readonly model?: string;
  /** UUID of the instance; made from the device name unless given. */
  readonly instance?: string;
  /** `User-Agent`. */
  readonly userAgent?: string;
  readonly timing?: Partial<PhoneTiming>;
  readonly answering?: Answering;
  /** Goes to the next target when a 200 carries a Warning. */
  readonly leavesOverloaded?: boolean;
  readonly log: OperationSink;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random?: () => number;
  readonly observer?: PhoneObserver;
  /** Bounds how many phones of a process connect at a time; the patience of a phone begins when it is its turn. */
  readonly connecting?: Semaphore;
}

/** Hears of a phone's state. */
export interface PhoneObserver {
  onRegistered?(): void;
  /** The phone knows that it cannot be reached, or should know. */
  onLost?(): void;
  /** It is registered again, so long after it was lost. */
  onBack?(afterMs: number): void;
  /** It is registered no more because it was told to stop. */
  onStopped?(): void;
}

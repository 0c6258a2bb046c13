import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';

/** An answer of our own. */
export interface Rejection {
  readonly statusCode: number;
  readonly reason?: string;
  readonly headers?: readonly (readonly [string, string])[];
}

/** One way on; candidates are tried in order, and the next one only when this one fails. */
export interface Candidate {
  /** Says in logs and status which way it is. */
  readonly label: string;
  /** Where the request goes; a function is asked when the candidate's turn comes, and rejecting means that it cannot be reached. */
  readonly hop: Hop | (() => Promise<Hop>);
  /** Changes this candidate's copy of the request before our Via goes on top. */
  edit?(request: SipMessage): void;
  /** In place of the Record-Route of the decision. */
  readonly recordRoute?: string;
  /**
   * Without a final answer (to an INVITE: without any answer) for so long the next candidate is tried as well, in
   * milliseconds; this one may still answer first.
   */
  readonly answerWithinMs?: number;
}

export interface RejectDecision extends Rejection {
  readonly type: 'reject';
}

export interface ForwardDecision<Note> {
  readonly type: 'forward';
  readonly candidates: readonly Candidate[];
  /** Value of the Record-Route field that goes on top, several separated by commas; absent when the proxy need not stay. */
  readonly recordRoute?: string;
  /** Whether a final answer means that the candidate is out of service and the next one is tried; 503 when absent. */
  isFailure?(response: SipMessage): boolean;
  /** The answer when no candidate could be reached; 503 with Retry-After when absent. */
  readonly whenUnreachable?: Rejection;
  /** What the role wants to remember with this exchange. */
  readonly note?: Note;
}

export type RouteDecision<Note = undefined> = RejectDecision | { readonly type: 'drop' } | ForwardDecision<Note>;

/** Why a candidate was given up. */
export type CandidateFailure = 'unreachable' | 'hop-lost' | 'timeout' | 'unavailable';

/** One request on its way, as a role sees it. */
export interface Exchange<Note = undefined> {
  /** As it was received and as `route` left it. */
  readonly request: SipMessage;
  readonly from: Hop;
  readonly note: Note | undefined;
}

/** Where a response came from; both are undefined when it is one of our own. */
export interface ResponseOrigin {
  readonly candidate: Candidate | undefined;
  readonly hop: Hop | undefined;
}

/** What makes the proxy an edge or a core: it decides where requests go. */
export interface ProxyRole<Note = undefined> {
  /** What stands in our Via towards a hop: host or host:port. */
  sentBy(to: Hop): string;
  /**
   * Decides where a validated request goes, and may change it: own Route values are its business. Called for
   * every new request but CANCEL, and for the ACK of a 2xx. A rejection or a throw is answered with 500.
   */
  route(request: SipMessage, from: Hop): RouteDecision<Note> | Promise<RouteDecision<Note>>;
  /** Sees each response after 100 before it goes back, our own failures included, and may change it. */
  onResponse?(response: SipMessage, exchange: Exchange<Note>, origin: ResponseOrigin): void;
  onCandidateFailed?(candidate: Candidate, failure: CandidateFailure, exchange: Exchange<Note>): void;
  /** Another hop to answer on when the one of the request is closed, or a UDP peer without rport wants another port. */
  replyHop?(request: SipMessage, from: Hop): Hop | undefined;
  /** How many unanswered requests one hop may have; unlimited when undefined. */
  pendingLimit?(from: Hop): number | undefined;
}

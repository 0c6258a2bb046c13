import type { SipField, SipRequest, SipResponse } from '../wire/sip-message.js';
import type { AnswerListener } from './transactions.js';

/** Sends requests of a user agent on the way they go. */
export interface Outlet {
  request(request: SipRequest, branch: string, listener: AnswerListener): void;
  /** The INVITE that was sent under a branch. */
  cancel(branch: string): void;
  /** An ACK of a 200, which nobody answers. */
  acknowledge(request: SipRequest): void;
}

/** Answers a request on the flow that it came over. */
export type Reply = (status: number, content?: ReplyContent) => void;

export interface ReplyContent {
  readonly fields?: readonly SipField[];
  readonly body?: string;
  readonly toTag?: string;
}

/** Why a leg is over; `status` is the answer that refused it. */
export interface LegEnd {
  readonly by: 'here' | 'there' | 'cancel' | 'refusal' | 'silence';
  readonly status?: number;
}

/** Told what the other side of a leg does. */
export interface LegListener {
  /** 180, 183 and the like; never 100. */
  onProgress?(status: number, body: string): void;
  onAnswered?(body: string): void;
  /** The ACK of our answer is there. */
  onAcknowledged?(body: string): void;
  /** Any request inside the dialog that the leg does not deal with itself; it must be answered. */
  onRequest?(request: SipRequest, reply: Reply): void;
  /** Once. */
  onEnded(end: LegEnd): void;
}

/** One side's part of a call. */
export interface CallLeg {
  readonly callId: string;
  readonly state: 'calling' | 'ringing' | 'answered' | 'ended';
  /** Cancels, refuses or says BYE, whichever is due. */
  hangUp(): void;
  /** Sends a request inside the dialog; undefined when it was not answered or there is no dialog. */
  request(method: string, body: string, fields: readonly SipField[], listener: FinalListener): void;
  /** Takes a request with the leg's Call-ID; false when it has no business here. */
  take(request: SipRequest, reply: Reply): boolean;
}

export type FinalListener = (response: SipResponse | undefined) => void;

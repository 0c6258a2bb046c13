import type { Clock, Timer } from '../../../platform/clock.js';
import type { Flow } from '../flow/flow.js';
import { headerParameters, hostText } from '../wire/sip-address.js';
import { writeMessage } from '../wire/message-text.js';
import { type SipRequest, type SipResponse, cseqOf, fieldOf, listOf } from '../wire/sip-message.js';
import { newBranch } from './identifiers.js';

/** Told every answer; undefined once, instead of a final one, when none came or the flow is gone. */
export type AnswerListener = (response: SipResponse | undefined) => void;

interface Waiting {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly listener: AnswerListener;
  deadline: Timer;
  resend: Timer | undefined;
}

/** What a request is sent with. */
export interface Sending {
  readonly flow: Flow;
  readonly request: SipRequest;
  /** To the final answer; of an INVITE, to the first one. */
  readonly timeoutMs: number;
  /** A new one unless it is given, so that an INVITE can be cancelled by it. */
  readonly branch?: string;
}

const firstResendMs = 500;
const longestResendMs = 4000;
const ringingMs = 180_000;

/** Requests under way and who waits for their answers; over UDP they are sent again (RFC 3261, 17.1). */
export class Transactions {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends a request with a Via of its own. */
  send({ flow, request, timeoutMs, branch = newBranch() }: Sending, listener: AnswerListener): void {
    const sent = withVia(request, flow, branch);
    const deadline = this.#clock.after(timeoutMs, () => this.#settle(branch), { idle: true });
    this.#waiting.set(branch, { request: sent, flow, listener, deadline, resend: undefined });
    if (!flow.isOpen) queueMicrotask(() => this.#settle(branch));
    else this.#transmit(branch, writeMessage(sent), firstResendMs);
  }

  /** Sends the CANCEL of an INVITE that is under way. */
  cancel(branch: string): void {
    const waiting = this.#waiting.get(branch);
    waiting?.flow.send(writeMessage(companion(waiting.request, 'CANCEL', fieldOf(waiting.request, 'To') ?? '')));
  }

  /** False for an answer that nobody waits for; one to a CANCEL is always welcome. */
  take(response: SipResponse): boolean {
    if (cseqOf(response).method === 'CANCEL') return true;
    const branch = headerParameters(listOf(response, 'Via')[0] ?? '').get('branch') ?? '';
    const waiting = this.#waiting.get(branch);
    if (waiting === undefined || waiting.request.method !== cseqOf(response).method) return false;
    waiting.resend?.cancel();
    if (response.status >= 200) this.#settle(branch, response);
    else this.#keepRinging(branch, waiting, response);
    return true;
  }

  /** Ends what waits on a flow that is gone. */
  flowClosed(flow: Flow): void {
    for (const [branch, waiting] of this.#waiting) if (waiting.flow === flow) this.#settle(branch);
  }

  /** Forgets everything; nobody is told. */
  stop(): void {
    for (const { deadline, resend } of this.#waiting.values()) {
      deadline.cancel();
      resend?.cancel();
    }
    this.#waiting.clear();
  }

  #transmit(branch: string, bytes: Buffer, waitMs: number): void {
    const waiting = this.#waiting.get(branch);
    if (waiting === undefined) return;
    waiting.flow.send(bytes);
    if (waiting.flow.protocol !== 'UDP') return;
    const again = () => this.#transmit(branch, bytes, Math.min(waitMs * 2, longestResendMs));
    waiting.resend = this.#clock.after(waitMs, again, { idle: true });
  }

  #keepRinging(branch: string, waiting: Waiting, response: SipResponse): void {
    if (waiting.request.method === 'INVITE') {
      waiting.deadline.cancel();
      waiting.deadline = this.#clock.after(ringingMs, () => this.#settle(branch), { idle: true });
    }
    waiting.listener(response);
  }

  #settle(branch: string, response?: SipResponse): void {
    const waiting = this.#waiting.get(branch);
    if (waiting === undefined) return;
    waiting.deadline.cancel();
    waiting.resend?.cancel();
    this.#waiting.delete(branch);
    if (waiting.request.method === 'INVITE' && response !== undefined && response.status >= 300) {
      waiting.flow.send(writeMessage(acknowledgement(waiting.request, response)));
    }
    waiting.listener(response);
  }
}

/** A request with a Via of this end of a flow on top. */
export function withVia(request: SipRequest, flow: Flow, branch: string = newBranch()): SipRequest {
  const sentBy = `${hostText(flow.localAddress)}:${flow.localPort}`;
  const via = { name: 'Via', value: `SIP/2.0/${flow.protocol} ${sentBy};branch=${branch};rport` };
  return { ...request, fields: [via, ...request.fields] };
}

/** A request that goes the way of an INVITE and belongs to its transaction: CANCEL, or the ACK of a refusal. */
function companion(invite: SipRequest, method: string, to: string): SipRequest {
  const copied = new Set(['via', 'max-forwards', 'route', 'from', 'call-id']);
  const fields = invite.fields.filter(({ name }) => copied.has(name.toLowerCase()));
  const more = [
    { name: 'To', value: to },
    { name: 'CSeq', value: `${cseqOf(invite).number} ${method}` },
  ];
  return { type: 'request', method, uri: invite.uri, fields: [...fields, ...more], body: '' };
}

function acknowledgement(invite: SipRequest, response: SipResponse): SipRequest {
  return companion(invite, 'ACK', fieldOf(response, 'To') ?? '');
}

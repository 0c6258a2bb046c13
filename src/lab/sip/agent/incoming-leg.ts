import { callIdOf, cseqOf, type SipField, type SipRequest } from '../wire/sip-message.js';
import type { CallLeg, FinalListener, LegEnd, LegListener, Outlet, Reply } from './call-leg.js';
import { Dialog, requestInside, sdpFields } from './dialog.js';
import { newBranch, newTag } from './identifiers.js';

export interface IncomingLegOptions {
  readonly outlet: Outlet;
  readonly invite: SipRequest;
  readonly reply: Reply;
  /** Contact of our answers. */
  readonly contact: string;
  readonly listener: LegListener;
}

/** The callee's leg: it is told to ring, to answer or to refuse. */
export class IncomingLeg implements CallLeg {
  readonly callId: string;
  readonly #options: IncomingLegOptions;
  readonly #toTag = newTag();
  readonly #dialog: Dialog;
  #state: CallLeg['state'] = 'calling';

  constructor(options: IncomingLegOptions) {
    this.#options = options;
    this.callId = callIdOf(options.invite);
    this.#dialog = Dialog.ofCallee(options.invite, this.#toTag, options.contact);
    options.reply(100);
  }

  get state(): CallLeg['state'] {
    return this.#state;
  }

  /** Answers 180 or 183. */
  progress(status: number, body = ''): void {
    if (this.#state !== 'calling' && this.#state !== 'ringing') return;
    this.#state = 'ringing';
    this.#answer(status, body);
  }

  /** Answers 200. */
  accept(body: string): void {
    if (this.#state === 'answered' || this.#state === 'ended') return;
    this.#state = 'answered';
    this.#answer(200, body);
  }

  /** Refuses what is not answered yet. */
  refuse(status: number): void {
    if (this.#state === 'answered' || this.#state === 'ended') return;
    this.#options.reply(status, { toTag: this.#toTag });
    this.#end({ by: 'here', status });
  }

  hangUp(): void {
    if (this.#state !== 'answered') {
      this.refuse(480);
      return;
    }
    this.#options.outlet.request(this.#dialog.newRequest('BYE'), newBranch(), () => undefined);
    this.#end({ by: 'here' });
  }

  request(method: string, body: string, fields: readonly SipField[], listener: FinalListener): void {
    requestInside(this.#dialog, this.#options.outlet, { method, body, fields }, listener);
  }

  take(request: SipRequest, reply: Reply): boolean {
    if (request.method === 'ACK') {
      if (cseqOf(request).number === cseqOf(this.#options.invite).number && this.#state === 'answered') {
        this.#options.listener.onAcknowledged?.(request.body);
      }
      return true;
    }
    if (this.#state === 'ended') return false;
    if (request.method === 'CANCEL') this.#cancelled(reply);
    else if (request.method === 'BYE') {
      reply(200);
      this.#end({ by: 'there' });
    } else this.#pass(request, reply);
    return true;
  }

  #pass(request: SipRequest, reply: Reply): void {
    this.#dialog.refreshTarget(request);
    const { listener } = this.#options;
    if (listener.onRequest === undefined) reply(200);
    else listener.onRequest(request, reply);
  }

  #cancelled(reply: Reply): void {
    reply(200, { toTag: this.#toTag });
    if (this.#state === 'answered') return;
    this.#options.reply(487, { toTag: this.#toTag });
    this.#end({ by: 'cancel', status: 487 });
  }

  #answer(status: number, body: string): void {
    const fields = [{ name: 'Contact', value: this.#options.contact }, ...sdpFields(body)];
    this.#options.reply(status, { toTag: this.#toTag, fields, body });
  }

  #end(end: LegEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#options.listener.onEnded(end);
  }
}

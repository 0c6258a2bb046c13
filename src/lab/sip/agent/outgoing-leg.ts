import { callIdOf, cseqOf, type SipField, type SipRequest, type SipResponse } from '../wire/sip-message.js';
import type { CallLeg, FinalListener, LegEnd, LegListener, Outlet, Reply } from './call-leg.js';
import { Dialog, requestInside } from './dialog.js';
import { newBranch } from './identifiers.js';

/** The caller's leg: its INVITE goes out when it is made. */
export class OutgoingLeg implements CallLeg {
  readonly callId: string;
  readonly #outlet: Outlet;
  readonly #invite: SipRequest;
  readonly #listener: LegListener;
  readonly #branch = newBranch();
  #state: CallLeg['state'] = 'calling';
  #dialog: Dialog | undefined;
  #cancelWanted = false;

  constructor(outlet: Outlet, invite: SipRequest, listener: LegListener) {
    this.#outlet = outlet;
    this.#invite = invite;
    this.#listener = listener;
    this.callId = callIdOf(invite);
    outlet.request(invite, this.#branch, (response) => this.#receive(response));
  }

  get state(): CallLeg['state'] {
    return this.#state;
  }

  /** The ACK of the 200; with a description when the INVITE had none. */
  acknowledge(body = ''): void {
    const ack = this.#dialog?.acknowledgement(cseqOf(this.#invite).number, body);
    if (ack !== undefined) this.#outlet.acknowledge(ack);
  }

  hangUp(): void {
    if (this.#state === 'answered') this.#sayBye();
    else if (this.#state === 'ringing') this.#outlet.cancel(this.#branch);
    else this.#cancelWanted = true;
  }

  request(method: string, body: string, fields: readonly SipField[], listener: FinalListener): void {
    if (this.#dialog === undefined) {
      listener(undefined);
      return;
    }
    requestInside(this.#dialog, this.#outlet, { method, body, fields }, listener);
  }

  take(request: SipRequest, reply: Reply): boolean {
    if (request.method === 'ACK') return true;
    if (this.#dialog === undefined || this.#state === 'ended') return false;
    if (request.method === 'BYE') {
      reply(200);
      this.#end({ by: 'there' });
    } else {
      this.#dialog.refreshTarget(request);
      if (this.#listener.onRequest === undefined) reply(200);
      else this.#listener.onRequest(request, reply);
    }
    return true;
  }

  #receive(response: SipResponse | undefined): void {
    if (response === undefined) this.#end({ by: 'silence' });
    else if (response.status < 200) this.#progress(response);
    else if (response.status < 300) this.#answered(response);
    else this.#end({ by: response.status === 487 ? 'cancel' : 'refusal', status: response.status });
  }

  #progress(response: SipResponse): void {
    if (this.#state === 'ended') return;
    this.#state = 'ringing';
    if (this.#cancelWanted) this.#outlet.cancel(this.#branch);
    if (response.status > 100) this.#listener.onProgress?.(response.status, response.body);
  }

  #answered(response: SipResponse): void {
    this.#dialog = Dialog.ofCaller(this.#invite, response);
    this.#state = 'answered';
    this.#listener.onAnswered?.(response.body);
    if (this.#cancelWanted) this.#sayBye();
  }

  #sayBye(): void {
    const bye = this.#dialog?.newRequest('BYE');
    if (bye !== undefined) this.#outlet.request(bye, newBranch(), () => undefined);
    this.#end({ by: 'here' });
  }

  #end(end: LegEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#listener.onEnded(end);
  }
}

import type { CallLeg, LegEnd, LegListener, Reply } from '../agent/call-leg.js';
import { sdpFields } from '../agent/dialog.js';
import { IncomingLeg, type IncomingLegOptions } from '../agent/incoming-leg.js';
import type { OutgoingLeg } from '../agent/outgoing-leg.js';
import { type SipRequest, fieldsNamed } from '../wire/sip-message.js';

/** Hears of a call's course. */
export interface BridgeWatcher {
  onRinging(): void;
  onAnswered(): void;
  onEnded(end: LegEnd): void;
}

/** Holds the two legs of a call together, as a back-to-back user agent does: what one side does is done to the other. */
export class Bridge {
  readonly caller: IncomingLeg;
  #callee: OutgoingLeg | undefined;
  readonly #watcher: BridgeWatcher;
  readonly #callerContact: string;
  readonly #lateOffer: boolean;

  constructor(options: Omit<IncomingLegOptions, 'listener'>, watcher: BridgeWatcher) {
    this.#watcher = watcher;
    this.#callerContact = options.contact;
    this.#lateOffer = options.invite.body === '';
    this.caller = new IncomingLeg({ ...options, listener: this.#callerListener() });
  }

  /** Calls the other side; `dial` is given what the new leg must tell. */
  join(dial: (listener: LegListener) => OutgoingLeg): OutgoingLeg {
    this.#callee = dial(this.#calleeListener());
    return this.#callee;
  }

  hangUp(): void {
    this.caller.hangUp();
  }

  #callerListener(): LegListener {
    return {
      onAcknowledged: (body) => this.#callee?.acknowledge(this.#lateOffer ? body : ''),
      onRequest: (request, reply) => relay(request, reply, this.#callee, this.#callerContact),
      onEnded: (end) => {
        this.#callee?.hangUp();
        this.#watcher.onEnded(end);
      },
    };
  }

  #calleeListener(): LegListener {
    return {
      onProgress: (status, body) => {
        this.#watcher.onRinging();
        this.caller.progress(status, body);
      },
      onAnswered: (body) => {
        this.#watcher.onAnswered();
        this.caller.accept(body);
      },
      onRequest: (request, reply) => relay(request, reply, this.caller, this.#callerContact),
      onEnded: (end) => this.#calleeEnded(end),
    };
  }

  #calleeEnded(end: LegEnd): void {
    if (end.by === 'there' || end.by === 'here') this.caller.hangUp();
    else this.caller.refuse(end.status ?? 408);
  }
}

/** Does on one leg what was asked on the other, and gives the answer back. */
function relay(request: SipRequest, reply: Reply, other: CallLeg | undefined, contact: string): void {
  if (other === undefined) {
    reply(481);
    return;
  }
  const copied = fieldsNamed(request, 'Content-Type', 'Event', 'Subscription-State', 'Refer-To', 'Info-Package');
  other.request(request.method, request.body, copied, (response) => {
    if (response === undefined) reply(408);
    else
      reply(response.status, {
        body: response.body,
        fields: [{ name: 'Contact', value: contact }, ...sdpFields(response.body)],
      });
  });
}

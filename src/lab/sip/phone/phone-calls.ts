import type { Clock } from '../../../platform/clock.js';
import type { CallLeg, LegEnd, Outlet, Reply } from '../agent/call-leg.js';
import { newInvite } from '../agent/new-request.js';
import { IncomingLeg } from '../agent/incoming-leg.js';
import { OutgoingLeg } from '../agent/outgoing-leg.js';
import { audioDescription } from '../agent/sdp.js';
import { type SipRequest, callIdOf, fieldOf } from '../wire/sip-message.js';
import { readUri, uriIn } from '../wire/sip-address.js';
import type { Answering } from './phone-options.js';

/** A call of a phone. */
export interface PhoneCall {
  readonly direction: 'out' | 'in';
  /** User part of the other side's address. */
  readonly peer: string;
  readonly state: CallLeg['state'];
  /** Set once it is over. */
  readonly end: LegEnd | undefined;
  /** The session description of the other side, once there is one. */
  readonly remoteDescription: string;
  /** Resolves when it is answered or over; `ended` when it is over. */
  readonly settled: Promise<PhoneCall>;
  readonly ended: Promise<LegEnd>;
  hangUp(): void;
  /** Answers a call that rings. */
  accept(): void;
}

export interface PhoneCallsOptions {
  readonly user: string;
  readonly registrar: string;
  readonly outlet: Outlet;
  readonly clock: Clock;
  /** As they are at the moment of a call. */
  readonly contact: () => string;
  readonly routes: () => readonly string[];
  readonly localAddress: () => string;
  readonly answering: () => Answering;
  /** Told of every call of its own, when it is answered or fails. */
  readonly onOutgoing: (call: PhoneCall, tookMs: number) => void;
  /** Told whenever the last call is over. */
  readonly onIdle: () => void;
}

const mediaPort = 4002;

class OpenCall implements PhoneCall {
  readonly direction: 'out' | 'in';
  readonly peer: string;
  readonly settled: Promise<PhoneCall>;
  readonly ended: Promise<LegEnd>;
  leg: CallLeg | undefined;
  end: LegEnd | undefined;
  remoteDescription = '';
  accept: () => void = () => undefined;
  settle: () => void = () => undefined;
  finish: (end: LegEnd) => void = () => undefined;

  constructor(direction: 'out' | 'in', peer: string) {
    this.direction = direction;
    this.peer = peer;
    this.settled = new Promise((resolve) => {
      this.settle = () => resolve(this);
    });
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  get state(): CallLeg['state'] {
    if (this.end !== undefined) return 'ended';
    return this.leg?.state ?? 'calling';
  }

  hangUp(): void {
    this.leg?.hangUp();
  }
}

/** The calls that a phone makes and takes. */
export class PhoneCalls {
  readonly #options: PhoneCallsOptions;
  readonly #calls = new Map<string, OpenCall>();

  constructor(options: PhoneCallsOptions) {
    this.#options = options;
  }

  /** Calls under way. */
  get open(): readonly PhoneCall[] {
    return [...this.#calls.values()];
  }

  /** Calls a line at the registrar. */
  call(target: string): PhoneCall {
    const { user, registrar, outlet, contact, routes, localAddress, clock, onOutgoing } = this.#options;
    const call = new OpenCall('out', target);
    const startMs = clock.monotonicMs();
    const uri = `sip:${target}@${registrar}`;
    const invite = newInvite({
      uri,
      routes: routes(),
      from: `<sip:${user}@${registrar}>`,
      to: `<${uri}>`,
      contact: contact(),
      host: localAddress(),
      body: audioDescription(localAddress(), mediaPort),
    });
    const tell = () => onOutgoing(call, clock.monotonicMs() - startMs);
    const leg: OutgoingLeg = new OutgoingLeg(outlet, invite, {
      onAnswered: (body) => {
        call.remoteDescription = body;
        leg.acknowledge();
        call.settle();
        tell();
      },
      onEnded: (end) => {
        const failed = leg.state !== 'answered' && end.by !== 'here' && end.by !== 'there';
        this.#ended(leg.callId, call, end);
        if (failed) tell();
      },
    });
    call.leg = leg;
    this.#calls.set(leg.callId, call);
    return call;
  }

  /** Takes a request of a call, or one that begins one; false when it is neither. */
  take(request: SipRequest, reply: Reply): boolean {
    const known = this.#calls.get(callIdOf(request));
    if (known?.leg !== undefined) return known.leg.take(request, reply);
    const isInside = /;\s*tag=/i.test(fieldOf(request, 'To') ?? '');
    if (request.method === 'ACK') return true;
    if (request.method !== 'INVITE' || isInside) return false;
    this.#receive(request, reply);
    return true;
  }

  /** Ends every call without a word to anybody: their path is gone. */
  lose(): void {
    for (const [callId, call] of this.#calls) this.#ended(callId, call, { by: 'silence' });
  }

  #receive(invite: SipRequest, reply: Reply): void {
    const { outlet, contact, localAddress, answering } = this.#options;
    const call = new OpenCall('in', readUri(uriIn(fieldOf(invite, 'From') ?? ''))?.user ?? '');
    call.remoteDescription = invite.body;
    const listener = {
      onAcknowledged: () => call.settle(),
      onEnded: (end: LegEnd) => this.#ended(callIdOf(invite), call, end),
    };
    const leg = new IncomingLeg({ outlet, invite, reply, contact: contact(), listener });
    call.leg = leg;
    call.accept = () => leg.accept(audioDescription(localAddress(), mediaPort));
    this.#calls.set(leg.callId, call);
    const mode = answering();
    if (typeof mode === 'number') leg.refuse(mode);
    else leg.progress(180);
    if (mode === 'answer') call.accept();
  }

  #ended(callId: string, call: OpenCall, end: LegEnd): void {
    if (call.end !== undefined) return;
    call.end = end;
    this.#calls.delete(callId);
    call.settle();
    call.finish(end);
    if (this.#calls.size === 0) this.#options.onIdle();
  }
}

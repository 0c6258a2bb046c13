import { FairleadError } from '../../../errors.js';
import type { Clock } from '../../../platform/clock.js';
import type { CallLeg, LegListener, Reply } from '../agent/call-leg.js';
import { newInvite, newRequest } from '../agent/new-request.js';
import { newBranch } from '../agent/identifiers.js';
import { OutgoingLeg } from '../agent/outgoing-leg.js';
import { audioDescription } from '../agent/sdp.js';
import type { Flow } from '../flow/flow.js';
import { readUri, uriIn } from '../wire/sip-address.js';
import { type SipRequest, callIdOf, fieldOf } from '../wire/sip-message.js';
import { Bridge } from './bridge.js';
import { CallList, CallRecord } from './call-list.js';
import type { RegistrarNode } from './registrar-node.js';
import type { Registration } from './registration-table.js';
import type { UcCall } from './sip-control.js';

export interface CallControlOptions {
  readonly clock: Clock;
  /** The live registration that a dialled name or number means. */
  readonly find: (target: string) => Registration | undefined;
  /** The node of a host name. */
  readonly node: (host: string) => RegistrarNode;
}

interface OpenCall {
  readonly record: CallRecord;
  hangUp(): void;
}

const labCaller = 'lab';
const labMediaPort = 4000;

/** Calls of the stand-in: between devices, and those that a command makes. */
export class CallControl {
  readonly #options: CallControlOptions;
  readonly #legs = new Map<string, CallLeg>();
  readonly #open = new Map<string, OpenCall>();
  readonly #list = new CallList();

  constructor(options: CallControlOptions) {
    this.#options = options;
  }

  /** Takes an INVITE that begins a call, and calls the device it means. */
  invite(request: SipRequest, flow: Flow, reply: Reply, node: RegistrarNode): void {
    const [caller, callee] = [userOf(fieldOf(request, 'From')), readUri(request.uri)?.user ?? ''];
    const record = new CallRecord(caller, callee, this.#options.clock);
    const contact = node.contactOf(callee);
    const bridge = new Bridge(
      { outlet: node.outlet(flow.id), invite: request, reply, contact },
      {
        onRinging: () => record.ringing(),
        onAnswered: () => record.answered(),
        onEnded: (end) => this.#close(record, end),
      },
    );
    this.#legs.set(bridge.caller.callId, bridge.caller);
    this.#begin(record, () => bridge.hangUp());
    const target = this.#options.find(callee);
    if (target === undefined) bridge.caller.refuse(404);
    else bridge.join((listener) => this.#dial(target, caller, request.body, listener));
  }

  /** Takes a request of a call that exists; false when there is none. */
  take(request: SipRequest, reply: Reply): boolean {
    const leg = this.#legs.get(callIdOf(request));
    const taken = leg?.take(request, reply) ?? false;
    if (leg?.state === 'ended') this.#legs.delete(leg.callId);
    return taken;
  }

  /**
   * Calls a device or line from the stand-in; resolves when it is answered or over.
   * @throws FairleadError `node.not-found` when nothing is registered under the name.
   */
  call(target: string): Promise<UcCall> {
    const registration = this.#options.find(target);
    if (registration === undefined) throw notRegistered(target);
    const record = new CallRecord(labCaller, target, this.#options.clock);
    return new Promise((resolve) => {
      const leg: OutgoingLeg = this.#dial(registration, labCaller, audioDescription('127.0.0.1', labMediaPort), {
        onProgress: () => record.ringing(),
        onAnswered: () => {
          leg.acknowledge();
          record.answered();
          resolve(record.view());
        },
        onEnded: (end) => {
          this.#legs.delete(leg.callId);
          this.#close(record, end);
          resolve(record.view());
        },
      });
      this.#begin(record, () => leg.hangUp());
    });
  }

  /** @throws FairleadError `node.not-found` for a call that is over or never was. */
  hangUp(id: string): void {
    const call = this.#open.get(id);
    if (call === undefined) throw new FairleadError('node.not-found', `the stand-in has no call "${id}" under way`);
    call.hangUp();
  }

  calls(): readonly UcCall[] {
    return this.#list.views();
  }

  /**
   * Sends a request outside any call; gives the status of its answer, undefined for none.
   * @throws FairleadError `node.not-found` when nothing is registered under the name.
   */
  ask(target: string, method: 'OPTIONS' | 'NOTIFY'): Promise<number | undefined> {
    const registration = this.#options.find(target);
    if (registration === undefined) throw notRegistered(target);
    return new Promise((resolve) => this.tell(registration, method, resolve));
  }

  /** Sends OPTIONS, or a NOTIFY of waiting messages. */
  tell(registration: Registration, method: 'OPTIONS' | 'NOTIFY', done: (status: number | undefined) => void): void {
    const node = this.#options.node(registration.node);
    const parts = this.#parts(registration, registration.user, node);
    const request = newRequest(method, method === 'NOTIFY' ? { ...parts, ...messageSummary(registration) } : parts);
    node.outlet(registration.flow).request(request, newBranch(), (response) => {
      if (response === undefined || response.status >= 200) done(response?.status);
    });
  }

  #dial(registration: Registration, caller: string, body: string, listener: LegListener): OutgoingLeg {
    const node = this.#options.node(registration.node);
    const invite = newInvite({ ...this.#parts(registration, caller, node), body });
    const leg = new OutgoingLeg(node.outlet(registration.flow), invite, {
      ...listener,
      onEnded: (end) => {
        this.#legs.delete(leg.callId);
        listener.onEnded(end);
      },
    });
    this.#legs.set(leg.callId, leg);
    return leg;
  }

  #parts({ contact, path, user }: Registration, from: string, node: RegistrarNode) {
    return {
      uri: uriIn(contact),
      routes: path,
      from: `<sip:${from}@${node.host}>`,
      to: `<sip:${user}@${node.host}>`,
      contact: node.contactOf(from),
      host: node.host,
    };
  }

  #begin(record: CallRecord, hangUp: () => void): void {
    this.#list.add(record);
    this.#open.set(record.id, { record, hangUp });
  }

  #close(record: CallRecord, end: Parameters<CallRecord['ended']>[0]): void {
    this.#open.delete(record.id);
    this.#list.close(record, end);
  }
}

function userOf(field: string | undefined): string {
  return readUri(uriIn(field ?? ''))?.user ?? '';
}

function notRegistered(target: string): FairleadError {
  return new FairleadError('node.not-found', `nothing is registered under "${target}"`);
}

/** RFC 3842, with nothing waiting. */
function messageSummary({ user }: Registration) {
  return {
    fields: [
      { name: 'Event', value: 'message-summary' },
      { name: 'Subscription-State', value: 'active' },
      { name: 'Content-Type', value: 'application/simple-message-summary' },
    ],
    body: `Messages-Waiting: no\r\nMessage-Account: sip:${user}\r\nVoice-Message: 0/0 (0/0)\r\n`,
  };
}

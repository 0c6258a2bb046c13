import type { MediaRelay as MediaRelaySpec } from '../../../model/generated/kinds.js';
import type { Log } from '../../../platform/log.js';
import type { SipMessage } from '../message/sip-message.js';
import type { Rejection } from '../proxy/proxy-role.js';
import { newBoundedMap } from '../../store/bounded-map.js';
import { CallMedia, type Description } from './call-media.js';
import { MediaServers, type MediaServersDeps, type RelayAnswer } from './media-servers.js';

/** Where a message came from. */
export interface MessageSource {
  /** The client's flow that the call goes over. */
  readonly flow: string;
  /** The client's address; undefined when the message comes from the other side. */
  readonly clientAddress: string | undefined;
}

const describing: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'PRACK', 'UPDATE']);
const maximumCalls = 50_000;
const unavailable: Rejection = { statusCode: 503, reason: 'Media Relay Unreachable', headers: [['Retry-After', '5']] };
const unacceptable: Rejection = { statusCode: 488 };

function describes(message: SipMessage): boolean {
  if (message.body.length === 0) return false;
  return /^application\/sdp\s*(?:;|$)/i.test(message.first('content-type')?.trim() ?? '');
}

/** Leads the media of calls over rtpengine: the one place where a body is replaced. Switched off it touches nothing. */
export class MediaRelay {
  readonly #log: Log;
  readonly #servers: MediaServers;
  /** Calls whose end nobody told fall out of it; rtpengine forgets them for want of media. */
  readonly #calls = newBoundedMap<CallMedia>(maximumCalls);
  #begun = 0;

  constructor(deps: MediaServersDeps) {
    this.#log = deps.log;
    this.#servers = new MediaServers(deps);
  }

  /** Calls on a relay now. */
  get calls(): number {
    return this.#calls.size;
  }

  /** Undefined switches it off for new calls; those that began stay where they are. */
  apply(spec: MediaRelaySpec | undefined): void {
    this.#servers.apply(spec);
  }

  stop(): void {
    this.#servers.stop();
  }

  /** Anchors what a request describes, in place; undefined when there is nothing to wait for. Resolves to the refusal, if any. */
  onRequest(request: SipMessage, source: MessageSource): Promise<Rejection | undefined> | undefined {
    if (!describing.has(request.method)) return undefined;
    const call = this.#callOf(request, source);
    if (call === undefined || !describes(request)) return undefined;
    const description = call.ofRequest(request);
    return description && this.#onDescription(call, request, description, source);
  }

  /** Anchors what a response describes, and delivers it then; the responses of a call keep their order. */
  onResponse(response: SipMessage, source: MessageSource, deliver: () => void): void {
    const call = this.#calls.get(idOf(response.callId, source.flow));
    const isDescription =
      call !== undefined && response.statusCode < 300 && describing.has(response.cseqMethod) && describes(response);
    if (call === undefined || (call.tail === undefined && !isDescription)) deliver();
    else this.#inTurn(call, () => (isDescription ? this.#anchor(call, response, source) : undefined), deliver);
  }

  /** The call is over. */
  release(callId: string, flow: string): void {
    const id = idOf(callId, flow);
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    const { server } = call;
    if (server === undefined) return;
    void this.#servers
      .ask(server, { command: 'delete', 'call-id': call.id, 'delete-delay': 0 })
      .finally(() => this.#servers.leave(server));
  }

  #callOf({ method, callId }: SipMessage, { flow }: MessageSource): CallMedia | undefined {
    const id = idOf(callId, flow);
    const known = this.#calls.get(id);
    if (known !== undefined || method !== 'INVITE' || this.#servers.isEmpty) return known;
    this.#begun += 1;
    // A name is never used twice: what is said of a call that was refused must not meet its second attempt.
    const call = new CallMedia(`${id}~${this.#begun}`);
    this.#calls.set(id, call);
    return call;
  }

  async #onDescription(
    call: CallMedia,
    request: SipMessage,
    description: Description,
    source: MessageSource,
  ): Promise<Rejection | undefined> {
    const answer = await this.#replace(call, request, description, source);
    if (answer.type === 'sdp' || request.method === 'ACK') return undefined;
    return answer.type === 'silent' ? unavailable : unacceptable;
  }

  async #anchor(call: CallMedia, response: SipMessage, source: MessageSource): Promise<void> {
    await this.#replace(call, response, call.ofResponse(response), source);
  }

  async #replace(
    call: CallMedia,
    message: SipMessage,
    description: Description,
    { clientAddress }: MessageSource,
  ): Promise<RelayAnswer> {
    const command = call.command(description, message.body.toString('latin1'), clientAddress);
    const answer =
      call.server === undefined ? await this.#begin(call, command) : await this.#servers.ask(call.server, command);
    if (answer.type === 'sdp') message.setBody(Buffer.from(answer.sdp, 'latin1'));
    else {
      const reason = answer.type === 'refused' ? answer.reason : 'no answer';
      this.#log.warn({ callId: message.callId, method: message.method, reason }, 'the media of a call is not anchored');
    }
    return answer;
  }

  /** A new call: the first server that answers has it. */
  async #begin(call: CallMedia, command: ReturnType<CallMedia['command']>): Promise<RelayAnswer> {
    for (const server of this.#servers.inOrder()) {
      const answer = await this.#servers.ask(server, command);
      if (answer.type === 'silent') continue;
      if (answer.type === 'sdp') {
        call.server = server;
        server.calls += 1;
      }
      return answer;
    }
    return { type: 'silent' };
  }

  #inTurn(call: CallMedia, work: () => Promise<void> | undefined, deliver: () => void): void {
    const turn: Promise<void> = (call.tail ?? Promise.resolve())
      .then(work)
      .catch((error: unknown) => this.#log.error({ err: error }, 'a session description passes as it is'))
      .then(deliver)
      .finally(() => {
        if (call.tail === turn) call.tail = undefined;
      });
    call.tail = turn;
  }
}

function idOf(callId: string, flow: string): string {
  return `${callId}~${flow}`;
}

import type { Dialog } from '../dialog/dialog.js';
import type { DialogWatcher } from '../dialog/dialog-table.js';
import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type {
  Candidate,
  CandidateFailure,
  Exchange,
  ProxyRole,
  ResponseOrigin,
  RouteDecision,
} from '../proxy/proxy-role.js';
import type { MediaRelay, MessageSource } from './media-relay.js';

/** Says over which client's flow a hop goes, and whether it is the client itself. */
export type SourceOf = (hop: Hop) => MessageSource | undefined;

/** A role whose calls have their media led over the relay, wherever it sends them. */
export class AnchoredRole<Note> implements ProxyRole<Note> {
  readonly #role: ProxyRole<Note>;
  readonly #media: MediaRelay;
  readonly #sourceOf: SourceOf;
  /** A hop that is closed still says which calls went over it. */
  readonly #sources = new WeakMap<Hop, MessageSource>();

  constructor(role: ProxyRole<Note>, media: MediaRelay, sourceOf: SourceOf) {
    this.#role = role;
    this.#media = media;
    this.#sourceOf = sourceOf;
  }

  sentBy(to: Hop): string {
    return this.#role.sentBy(to);
  }

  route(request: SipMessage, from: Hop): RouteDecision<Note> | Promise<RouteDecision<Note>> {
    const decision = this.#role.route(request, from);
    return decision instanceof Promise
      ? decision.then((late) => this.#anchor(request, from, late))
      : this.#anchor(request, from, decision);
  }

  onResponse(response: SipMessage, exchange: Exchange<Note>, origin: ResponseOrigin): void {
    this.#role.onResponse?.(response, exchange, origin);
    const { request, from } = exchange;
    if (request.method === 'INVITE' && request.toTag === '' && response.statusCode >= 300) this.#release(request, from);
  }

  onCandidateFailed(candidate: Candidate, failure: CandidateFailure, exchange: Exchange<Note>): void {
    this.#role.onCandidateFailed?.(candidate, failure, exchange);
  }

  replyHop(request: SipMessage, from: Hop): Hop | undefined {
    return this.#role.replyHop?.(request, from);
  }

  pendingLimit(from: Hop): number {
    return this.#role.pendingLimit?.(from) ?? Number.POSITIVE_INFINITY;
  }

  /** Takes a response on its way into the engine, and delivers it with its media anchored. */
  receive(response: SipMessage, from: Hop, deliver: () => void): void {
    const source = this.#source(from);
    if (source === undefined) deliver();
    else this.#media.onResponse(response, source, deliver);
  }

  /** Watches calls, so that the relay hears of their end. */
  watching(watcher: DialogWatcher): DialogWatcher {
    return {
      onConfirmed: (dialog) => watcher.onConfirmed?.(dialog),
      outlives: (dialog, lost) => watcher.outlives?.(dialog, lost) ?? false,
      onEnded: (dialog, end, lost) => {
        this.#onEnded(dialog);
        watcher.onEnded?.(dialog, end, lost);
      },
    };
  }

  #source(hop: Hop): MessageSource | undefined {
    const source = this.#sources.get(hop) ?? this.#sourceOf(hop);
    if (source !== undefined) this.#sources.set(hop, source);
    return source;
  }

  #anchor(
    request: SipMessage,
    from: Hop,
    decision: RouteDecision<Note>,
  ): RouteDecision<Note> | Promise<RouteDecision<Note>> {
    const source = decision.type === 'forward' ? this.#source(from) : undefined;
    const anchoring = source && this.#media.onRequest(request, source);
    if (anchoring === undefined) return decision;
    return anchoring.then((refusal) => (refusal === undefined ? decision : { type: 'reject', ...refusal }));
  }

  #onEnded({ callId, caller, callee }: Dialog): void {
    for (const { hop } of [caller, callee]) {
      const source = this.#source(hop);
      if (source !== undefined) this.#media.release(callId, source.flow);
    }
  }

  #release({ callId }: SipMessage, from: Hop): void {
    const source = this.#source(from);
    if (source !== undefined) this.#media.release(callId, source.flow);
  }
}

import type { Clock } from '../../../platform/clock.js';
import type { Hop } from '../hop.js';
import { detached } from '../message/detached.js';
import type { SipMessage } from '../message/sip-message.js';
import type { HopWatch } from '../transaction/hop-watch.js';
import type { TimerWheel } from '../transaction/timer-wheel.js';
import { Dialog, type DialogEnd, type DialogHome } from './dialog.js';
import { type CallSide, DialogIndex } from './dialog-index.js';
import { calleeOf, callerOf, type DialogSide, type SideName, targetOf } from './dialog-side.js';
import { sessionExpiryMs } from './session-expiry.js';

/** Requests whose final answer says something about the call that they belong to. */
const tellingMethods = new Set(['INVITE', 'BYE', 'UPDATE', 'INFO', 'PRACK']);
/** Requests that never belong to a call. */
const strangers = new Set(['REGISTER', 'PUBLISH', 'CANCEL']);
const defaultMaximumDialogs = 50_000;
const quietLimitMs = 24 * 3_600_000;

/** Who is told about calls. */
export interface DialogWatcher {
  onConfirmed?(dialog: Dialog): void;
  /** `lost` is the side whose hop is gone, when the path died. */
  onEnded?(dialog: Dialog, end: DialogEnd, lost: SideName | undefined): void;
  /** Whether a call outlives the loss of a hop, because the way to that side can be opened again; false when absent. */
  outlives?(dialog: Dialog, lost: SideName): boolean;
}

export interface DialogTableOptions {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly hops: HopWatch;
  readonly watcher?: DialogWatcher | undefined;
  readonly maximumDialogs?: number;
  /** Hears what the watcher throws; the call is counted all the same. */
  readonly onError: (error: unknown) => void;
}

/** Counts of calls; `settingUp` and `confirmed` are of this moment, the others since the start. */
export interface DialogStats {
  readonly settingUp: number;
  readonly confirmed: number;
  readonly ended: Readonly<Record<DialogEnd, number>>;
  /** Calls that were not tracked because the table was full. */
  readonly untracked: number;
}

/** The calls that go through this node, as drain and status need them; nothing else depends on it. */
export class DialogTable implements DialogHome {
  readonly #options: DialogTableOptions;
  readonly #calls: DialogIndex;
  /** INVITEs without a final answer, with the caller as it was. */
  readonly #settingUp = new Map<SipMessage, DialogSide>();
  /** What in-dialog requests on their way belong to. */
  readonly #underWay = new WeakMap<SipMessage, CallSide>();
  readonly #ended = { bye: 0, gone: 0, expired: 0, dropped: 0 };
  #untracked = 0;

  constructor(options: DialogTableOptions) {
    this.#options = options;
    this.#calls = new DialogIndex(options.hops);
  }

  /** Confirmed calls. */
  get size(): number {
    return this.#calls.size;
  }

  stats(): DialogStats {
    return {
      settingUp: this.#settingUp.size,
      confirmed: this.#calls.size,
      ended: { ...this.#ended },
      untracked: this.#untracked,
    };
  }

  /** How many confirmed calls have a side behind this hop. */
  callsOver(hop: Hop): number {
    return this.#calls.callsOver(hop);
  }

  /** A request goes on that may begin a call, or belong to one. */
  onRequest(request: SipMessage, from: Hop): void {
    if (strangers.has(request.method)) return;
    if (request.method === 'INVITE' && request.toTag === '') {
      this.#settingUp.set(request, callerOf(request, from));
      return;
    }
    if (this.#calls.size === 0) return;
    const found = this.#calls.find(request, from);
    if (found === undefined) return;
    this.#underWay.set(request, found);
    const side = found.dialog[found.sender];
    side.cseq = Math.max(side.cseq, request.cseqNumber);
    this.#calls.move(found.dialog, side, from);
  }

  /**
   * The final response to a request goes back; `to` is where it came from, undefined when it is our own.
   * `ownRoutes` is how many Record-Route values we added.
   */
  onFinal(request: SipMessage, response: SipMessage, to: Hop | undefined, ownRoutes: number): void {
    if (!tellingMethods.has(request.method)) return;
    if (request.method === 'INVITE' && request.toTag === '') {
      const isSuccess = response.statusCode < 300 && to !== undefined;
      if (isSuccess) this.#confirm(request, response, to, ownRoutes);
      this.#settingUp.delete(request);
    } else if (this.#calls.size > 0) this.#onInDialogFinal(request, response, to);
  }

  /** A request ended without any answer. */
  onNoAnswer(request: SipMessage): void {
    if (request.method !== 'BYE') return;
    const found = this.#belonging(request);
    if (found !== undefined) this.#end(found.dialog, 'bye', undefined);
  }

  /** The confirmed calls of this moment. */
  dialogs(): Iterable<Dialog> {
    return this.#calls;
  }

  /** Ends a call that this node gives up; telling the parties is up to whoever asks for it. */
  drop(dialog: Dialog): void {
    if (this.#calls.has(dialog)) this.#end(dialog, 'dropped', undefined);
  }

  onExpired(dialog: Dialog): void {
    this.#end(dialog, 'expired', undefined);
  }

  onPathLost(dialog: Dialog, lost: SideName): void {
    if (this.#options.watcher?.outlives?.(dialog, lost) !== true) this.#end(dialog, 'dropped', lost);
  }

  /** Forgets every call without a word. */
  stop(): void {
    for (const dialog of [...this.dialogs()]) this.#remove(dialog);
    this.#settingUp.clear();
  }

  #confirm(invite: SipMessage, response: SipMessage, to: Hop, ownRoutes: number): void {
    const forks = this.#calls.forksOf(invite.callId);
    const same = forks.filter((fork) => fork.sender(invite.fromTag, response.toTag) !== undefined);
    const own = this.#settingUp.get(invite);
    // The same tags over another hop are the same call on its second way through this node.
    if (own === undefined ? same.length > 0 : same.some((fork) => fork.caller.hop === own.hop)) return;
    const sibling = forks.find(({ caller }) => caller.tag === invite.fromTag);
    const caller = own ?? (sibling && { ...sibling.caller });
    if (caller === undefined) return;
    if (this.#calls.size >= (this.#options.maximumDialogs ?? defaultMaximumDialogs)) {
      this.#untracked += 1;
      return;
    }
    const callee = calleeOf(response, to, caller.routes.length + ownRoutes);
    const dialog = new Dialog(detached(invite.callId), caller, callee, this.#options.clock.nowMs(), this);
    this.#calls.add(dialog);
    this.#renew(dialog, response);
    this.#tell((watcher) => watcher.onConfirmed?.(dialog));
    if (!caller.hop.isOpen) this.onPathLost(dialog, 'caller');
    else if (!to.isOpen) this.onPathLost(dialog, 'callee');
  }

  #belonging(request: SipMessage): CallSide | undefined {
    const found = this.#underWay.get(request);
    return found !== undefined && this.#calls.has(found.dialog) ? found : this.#calls.find(request, undefined);
  }

  #onInDialogFinal(request: SipMessage, response: SipMessage, to: Hop | undefined): void {
    const found = this.#belonging(request);
    if (found === undefined) return;
    const { dialog, sender } = found;
    const { statusCode } = response;
    // A challenged BYE comes again with credentials.
    const isOver = request.method === 'BYE' && statusCode !== 401 && statusCode !== 407;
    if (isOver) this.#end(dialog, 'bye', undefined);
    else if (statusCode === 481 || statusCode === 408) this.#end(dialog, 'gone', undefined);
    else if (statusCode < 300 && to !== undefined) this.#refresh(dialog, sender, request, response, to);
  }

  /** Target refresh and session refresh, RFC 3261 section 12.2 and RFC 4028. */
  #refresh(dialog: Dialog, sender: SideName, request: SipMessage, response: SipMessage, to: Hop): void {
    if (request.method !== 'INVITE' && request.method !== 'UPDATE') return;
    const asked = dialog[sender];
    const answered = sender === 'caller' ? dialog.callee : dialog.caller;
    asked.target = targetOf(request) ?? asked.target;
    answered.target = targetOf(response) ?? answered.target;
    this.#calls.move(dialog, answered, to);
    this.#renew(dialog, response);
  }

  #renew(dialog: Dialog, response: SipMessage): void {
    this.#options.wheel.schedule(dialog, sessionExpiryMs(response) ?? quietLimitMs);
  }

  #end(dialog: Dialog, end: DialogEnd, lost: SideName | undefined): void {
    this.#remove(dialog);
    this.#ended[end] += 1;
    this.#tell((watcher) => watcher.onEnded?.(dialog, end, lost));
  }

  #tell(say: (watcher: DialogWatcher) => void): void {
    const { watcher, onError } = this.#options;
    if (watcher === undefined) return;
    try {
      say(watcher);
    } catch (error) {
      onError(error);
    }
  }

  #remove(dialog: Dialog): void {
    this.#calls.remove(dialog);
    this.#options.wheel.cancel(dialog);
  }
}

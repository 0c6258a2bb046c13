import type { Clock } from '../../../platform/clock.js';
import type { LegEnd } from '../agent/call-leg.js';
import { newTag } from '../agent/identifiers.js';
import type { UcCall } from './sip-control.js';

const mostEnded = 1000;

/** One call as it goes on; the list reads it. */
export class CallRecord {
  readonly id = newTag();
  readonly caller: string;
  readonly callee: string;
  readonly #clock: Clock;
  readonly #startMs: number;
  #state: UcCall['state'] = 'calling';
  #end: string | undefined;
  #answeredAfterMs: number | undefined;

  constructor(caller: string, callee: string, clock: Clock) {
    this.caller = caller;
    this.callee = callee;
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  ringing(): void {
    if (this.#state === 'calling') this.#state = 'ringing';
  }

  answered(): void {
    this.#state = 'answered';
    this.#answeredAfterMs = this.#clock.monotonicMs() - this.#startMs;
  }

  ended({ by, status }: LegEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#end = by === 'here' || by === 'there' ? (status === undefined ? 'bye' : String(status)) : by;
    if (by === 'refusal') this.#end = String(status ?? 'refusal');
  }

  view(): UcCall {
    const { id, caller, callee } = this;
    return {
      id,
      caller,
      callee,
      state: this.#state,
      ...(this.#end === undefined ? {} : { end: this.#end }),
      ...(this.#answeredAfterMs === undefined ? {} : { answeredAfterMs: this.#answeredAfterMs }),
    };
  }
}

/** Calls under way, and the newest 1,000 that are over. */
export class CallList {
  readonly #open = new Map<string, CallRecord>();
  #ended: UcCall[] = [];

  add(record: CallRecord): void {
    this.#open.set(record.id, record);
  }

  /** Moves a call to those that are over. */
  close(record: CallRecord, end: LegEnd): void {
    if (!this.#open.delete(record.id)) return;
    record.ended(end);
    this.#ended.push(record.view());
    if (this.#ended.length > 2 * mostEnded) this.#ended = this.#ended.slice(-mostEnded);
  }

  views(): readonly UcCall[] {
    return [...this.#ended.slice(-mostEnded), ...[...this.#open.values()].map((record) => record.view())];
  }
}

import type { Action, Operation, Outcome } from '../../client/operation-log.js';
import { outcomeOf } from '../../client/operation-log.js';
import { readRetryAfterSeconds } from '../../client/patience.js';
import { type SipResponse, fieldOf } from '../wire/sip-message.js';
import type { PhoneCall } from './phone-calls.js';
import type { PhoneOptions, PhoneTarget } from './phone-options.js';
import type { StunVerdict } from './stun-keepalive.js';

const mostUnexpected = 100;

/** Writes every operation of a phone into the log, and keeps what it did not expect. */
export class PhoneJournal {
  readonly #options: PhoneOptions;
  readonly #unexpected: string[] = [];

  constructor(options: PhoneOptions) {
    this.#options = options;
  }

  /** The first 100 things that reached the phone and have no business there. */
  get unexpected(): readonly string[] {
    return this.#unexpected;
  }

  surprise(what: string): void {
    if (this.#unexpected.length < mostUnexpected) this.#unexpected.push(what);
  }

  /** An operation that had a final answer, or none. */
  answered(
    action: Action,
    target: PhoneTarget,
    attempt: number,
    startMs: number,
    response: SipResponse | undefined,
  ): void {
    if (response === undefined) {
      this.ended(action, target, attempt, startMs, 'error', 'no answer');
      return;
    }
    const { status, reason } = response;
    const outcome = outcomeOf(status);
    const retryAfterSeconds = readRetryAfterSeconds(fieldOf(response, 'Retry-After'), this.#options.clock.nowMs());
    this.#add(action, target, attempt, startMs, {
      outcome,
      status,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(outcome === 'ok' ? {} : { error: reason }),
    });
  }

  /** An operation without a status. */
  ended(action: Action, target: PhoneTarget, attempt: number, startMs: number, outcome: Outcome, error?: string): void {
    this.#add(action, target, attempt, startMs, error === undefined ? { outcome } : { outcome, error });
  }

  /** A call of its own that was answered, or failed. */
  called({ state, end }: Pick<PhoneCall, 'state' | 'end'>, target: PhoneTarget, startMs: number): void {
    if (state === 'answered') this.ended('call', target, 1, startMs, 'ok');
    else this.ended('call', target, 1, startMs, 'failed', [end?.by, end?.status].join(' ').trim());
  }

  /** A STUN request. */
  asked(verdict: StunVerdict, target: PhoneTarget, startMs: number): void {
    if (verdict.type === 'ok') this.ended('stun', target, 1, startMs, 'ok');
    else if (verdict.type === 'silence') this.ended('stun', target, 1, startMs, 'error', 'no answer');
    else this.ended('stun', target, 1, startMs, 'error', `${verdict.code} ${verdict.reason}`);
  }

  #add(
    action: Action,
    { flow: { host, port } }: PhoneTarget,
    attempt: number,
    startMs: number,
    result: Pick<Operation, 'outcome' | 'status' | 'retryAfterSeconds' | 'error'>,
  ): void {
    const { device, registrar, log, clock } = this.#options;
    const durationMs = clock.monotonicMs() - startMs;
    const startedAt = new Date(clock.nowMs() - durationMs).toISOString();
    log.add({
      client: device,
      action,
      target: registrar,
      edge: `${host}:${port}`,
      attempt,
      startedAt,
      durationMs,
      ...result,
    });
  }
}

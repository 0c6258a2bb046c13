import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Flow } from '../flow/flow.js';
import { parseStun, stunRequest } from '../wire/stun-packet.js';

/** What a STUN request came to. */
export type StunVerdict =
  | { readonly type: 'ok' }
  | { readonly type: 'silence' }
  | { readonly type: 'error'; readonly code: number; readonly reason: string };

export interface StunKeepaliveOptions {
  readonly intervalMs: number;
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told after every request, with the time it took; nothing is sent after a verdict that is not `ok`. */
  readonly onVerdict: (verdict: StunVerdict, tookMs: number) => void;
}

/** Asks over the SIP flow again and again whether the path still stands. */
export class StunKeepalive {
  readonly #options: StunKeepaliveOptions;
  #flow: Flow | undefined;
  #timer: Timer | undefined;
  #asked: { readonly id: string; readonly atMs: number } | undefined;

  constructor(options: StunKeepaliveOptions) {
    this.#options = options;
  }

  /** Begins on a flow, at a random moment of the first interval; goes on when it has begun there already. */
  start(flow: Flow): void {
    if (this.#flow === flow) return;
    this.stop();
    this.#flow = flow;
    this.#wait(this.#options.intervalMs * this.#options.random());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#flow = undefined;
    this.#asked = undefined;
  }

  /** False for a packet that answers nothing. */
  take(bytes: Buffer): boolean {
    const packet = parseStun(bytes);
    const asked = this.#asked;
    if (packet === undefined || asked?.id !== packet.transactionId || packet.type === 'request') return false;
    const tookMs = this.#options.clock.monotonicMs() - asked.atMs;
    if (packet.type === 'success') {
      this.#asked = undefined;
      this.#timer?.cancel();
      this.#wait(this.#options.intervalMs - tookMs);
      this.#options.onVerdict({ type: 'ok' }, tookMs);
    } else this.#fail({ type: 'error', code: packet.errorCode ?? 0, reason: packet.reason ?? '' }, tookMs);
    return true;
  }

  #wait(delayMs: number): void {
    this.#timer = this.#options.clock.after(Math.max(0, delayMs), () => this.#ask(), { idle: true });
  }

  #ask(): void {
    const { clock, patienceMs } = this.#options;
    const id = randomBytes(12).toString('hex');
    this.#asked = { id, atMs: clock.monotonicMs() };
    this.#timer = clock.after(patienceMs, () => this.#fail({ type: 'silence' }, patienceMs), { idle: true });
    this.#flow?.send(stunRequest(id));
  }

  #fail(verdict: StunVerdict, tookMs: number): void {
    this.stop();
    this.#options.onVerdict(verdict, tookMs);
  }
}

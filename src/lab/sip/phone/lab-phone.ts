import type { Timer } from '../../../platform/clock.js';
import { readRetryAfterSeconds } from '../../client/patience.js';
import { answerTo } from '../agent/answers.js';
import type { Reply } from '../agent/call-leg.js';
import { Transactions } from '../agent/transactions.js';
import type { Flow, FlowSink } from '../flow/flow.js';
import { writeMessage } from '../wire/message-text.js';
import { type SipMessage, type SipRequest, type SipResponse, fieldOf } from '../wire/sip-message.js';
import { flowOutlet } from './flow-outlet.js';
import { type PhoneCall, PhoneCalls } from './phone-calls.js';
import { PhoneJournal } from './phone-journal.js';
import {
  type Answering,
  type PhoneOptions,
  type PhoneTarget,
  type PhoneTiming,
  defaultPhoneTiming,
} from './phone-options.js';
import { type LearnedPath, PhonePath } from './phone-path.js';
import { Registrant } from './registrant.js';
import { contactUri, grantedSeconds } from './register-request.js';
import { retryDelayMs } from './retry-delay.js';
import { StunKeepalive, type StunVerdict } from './stun-keepalive.js';

const plainAnswers: ReadonlyMap<string, number> = new Map([
  ['NOTIFY', 200],
  ['OPTIONS', 200],
  ['MESSAGE', 200],
  ['REFER', 202],
  ['BYE', 481],
  ['CANCEL', 481],
]);
/** Part of the granted time after which a phone registers again. */
const refreshShare = { least: 0.75, spread: 0.15 } as const;

/** A soft client's SIP side (lab: not a real Jabber): it registers, keeps itself registered, calls and is called. */
export class LabPhone implements FlowSink {
  /** What it does with an INVITE. */
  answering: Answering;
  readonly #options: PhoneOptions;
  readonly #timing: PhoneTiming;
  readonly #capable: boolean;
  readonly #random: () => number;
  readonly #path: PhonePath;
  readonly #transactions: Transactions;
  readonly #registrant: Registrant;
  readonly #stun: StunKeepalive;
  readonly #calls: PhoneCalls;
  readonly #journal: PhoneJournal;
  #waiters: (() => void)[] = [];
  #state: 'idle' | 'registered' | 'lost' | 'stopped' = 'idle';
  #timer: Timer | undefined;
  #busy = false;
  #failures = 0;
  #lostAtMs: number | undefined;
  /** It leaves its target as soon as no call is under way. */
  #wantsToMove = false;

  constructor(options: PhoneOptions) {
    this.#options = options;
    this.#timing = { ...defaultPhoneTiming, ...options.timing };
    this.#capable = options.capable ?? true;
    this.#random = options.random ?? Math.random;
    this.answering = options.answering ?? 'answer';
    const { clock } = options;
    const { stunIntervalMs: intervalMs, stunPatienceMs: patienceMs, answerTimeoutMs, connectTimeoutMs } = this.#timing;
    this.#journal = new PhoneJournal(options);
    this.#path = new PhonePath(options, connectTimeoutMs, this.#journal, this);
    this.#transactions = new Transactions(clock);
    this.#registrant = new Registrant(options, this.#transactions, answerTimeoutMs);
    const onVerdict = (verdict: StunVerdict, tookMs: number) => this.#judgePath(verdict, tookMs);
    this.#stun = new StunKeepalive({ intervalMs, patienceMs, clock, random: this.#random, onVerdict });
    this.#calls = this.#newCalls();
  }

  get device(): string {
    return this.#options.device;
  }

  get isRegistered(): boolean {
    return this.#state === 'registered';
  }

  /** The target it is registered through, or tries now. */
  get target(): PhoneTarget {
    return this.#path.target;
  }

  get learned(): LearnedPath {
    return this.#path.learned;
  }

  /** Calls under way. */
  get calls(): readonly PhoneCall[] {
    return this.#calls.open;
  }

  /** The first 100 things that reached it and that it did not expect. */
  get unexpected(): readonly string[] {
    return this.#journal.unexpected;
  }

  /** Begins to register, or registers again now; from then on it keeps itself registered. */
  start(): void {
    void this.#attempt();
  }

  /** Resolves when it is registered, or was told to stop. */
  registered(): Promise<void> {
    if (this.isRegistered || this.#isStopped()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Calls a line; the call ends by itself when the flow is lost. */
  call(target: string): PhoneCall {
    return this.#calls.call(target);
  }

  /** Takes its registration back, if that is possible, and closes its flow. */
  async stop(): Promise<void> {
    const { flow } = this.#path;
    const wasRegistered = this.isRegistered;
    this.#end();
    if (flow?.isOpen !== true) return;
    if (wasRegistered) {
      const startMs = this.#options.clock.monotonicMs();
      const response = await this.#registrant.register(flow, this.#path.registerRoutes, 0);
      this.#journal.answered('unregister', this.target, 1, startMs, response);
    }
    this.#transactions.stop();
    flow.end();
  }

  /** Cuts its flow and is gone, as when a laptop is closed. */
  kill(): void {
    const { flow } = this.#path;
    this.#end();
    this.#transactions.stop();
    flow?.cut();
  }

  onMessage(message: SipMessage, flow: Flow): void {
    if (message.type === 'request') this.#serve(message, flow);
    else if (!this.#transactions.take(message)) this.#journal.surprise(`a stray answer ${message.status}`);
  }

  onStun(bytes: Buffer): void {
    if (!this.#stun.take(bytes)) this.#journal.surprise('a STUN packet that answers nothing');
  }

  onGarbage(reason: string): void {
    this.#journal.surprise(reason);
  }

  onClosed(flow: Flow): void {
    this.#transactions.flowClosed(flow);
    if (!this.#path.forget(flow)) return;
    this.#stun.stop();
    this.#calls.lose();
    if (this.#isStopped()) return;
    this.#lose();
    if (this.#capable) this.#comeBack();
  }

  #newCalls(): PhoneCalls {
    const { user, registrar, clock } = this.#options;
    return new PhoneCalls({
      user,
      registrar,
      clock,
      outlet: flowOutlet(() => this.#path.flow, this.#transactions, this.#timing.answerTimeoutMs),
      contact: () => (this.#path.flow === undefined ? '<sip:lost@invalid>' : `<${contactUri(user, this.#path.flow)}>`),
      routes: () => this.#path.routes,
      localAddress: () => this.#path.flow?.localAddress ?? '127.0.0.1',
      answering: () => this.answering,
      onOutgoing: (call, tookMs) => this.#journal.called(call, this.target, clock.monotonicMs() - tookMs),
      onIdle: () => {
        if (this.#wantsToMove) this.#comeBack();
      },
    });
  }

  #serve(request: SipRequest, flow: Flow): void {
    const reply: Reply = (status, content) => flow.send(writeMessage(answerTo(request, flow, status, content)));
    if (this.#calls.take(request, reply)) return;
    const status = plainAnswers.get(request.method);
    if (status === undefined) this.#journal.surprise(`a ${request.method}`);
    reply(status ?? 405, { toTag: this.device });
  }

  async #attempt(): Promise<void> {
    if (this.#busy || this.#isStopped()) return;
    this.#busy = true;
    this.#timer?.cancel();
    if (this.#wantsToMove && this.#calls.open.length === 0) this.#moveOn();
    const response = await this.#register();
    this.#busy = false;
    if (this.#isStopped()) return;
    if (response?.status === 200) this.#succeed(response);
    else this.#fail(response);
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  async #register(): Promise<SipResponse | undefined> {
    const { clock } = this.#options;
    const [target, attempt] = [this.target, this.#failures + 1];
    const action = this.isRegistered ? 're-register' : 'register';
    const flow = await this.#path.open(attempt);
    if (this.#isStopped()) flow?.end();
    if (flow === undefined || this.#isStopped()) return undefined;
    const startMs = clock.monotonicMs();
    const { registerRoutes } = this.#path;
    const response = await this.#registrant.register(flow, registerRoutes, this.#timing.askedExpiresSeconds);
    if (!this.#isStopped()) this.#journal.answered(action, target, attempt, startMs, response);
    return response;
  }

  #succeed(response: SipResponse): void {
    const { clock, observer, leavesOverloaded = false } = this.#options;
    this.#failures = 0;
    this.#state = 'registered';
    this.#path.learn(response);
    observer?.onRegistered?.();
    if (this.#lostAtMs !== undefined) observer?.onBack?.(clock.monotonicMs() - this.#lostAtMs);
    this.#lostAtMs = undefined;
    this.#wantsToMove = leavesOverloaded && fieldOf(response, 'Warning') !== undefined;
    const grantedMs = (grantedSeconds(response) ?? this.#timing.askedExpiresSeconds) * 1000;
    this.#attemptAfter(grantedMs * (refreshShare.least + refreshShare.spread * this.#random()));
    const { flow } = this.#path;
    if (flow === undefined) this.#comeBack();
    else if (this.#capable) this.#stun.start(flow);
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #fail(response: SipResponse | undefined): void {
    const { targets, clock } = this.#options;
    this.#failures += 1;
    this.#lose();
    if (targets.length > 1 || this.#path.flow?.isOpen !== true) this.#moveOn();
    const asked = response === undefined ? undefined : fieldOf(response, 'Retry-After');
    const question = {
      failures: this.#failures,
      targets: targets.length,
      capable: this.#capable,
      retryAfterSeconds: readRetryAfterSeconds(asked, clock.nowMs()),
      chance: this.#random(),
    };
    this.#attemptAfter(retryDelayMs(this.#timing, question));
  }

  /** An error comes from an edge that lives and may know another way; silence means another target, after a call. */
  #judgePath(verdict: StunVerdict, tookMs: number): void {
    const startMs = this.#options.clock.monotonicMs() - tookMs;
    this.#journal.asked(verdict, this.target, startMs);
    if (verdict.type === 'ok') return;
    this.#lose();
    this.#wantsToMove = verdict.type === 'silence' || this.#calls.open.length > 0;
    if (this.#calls.open.length === 0) this.#comeBack();
  }

  #moveOn(): void {
    this.#wantsToMove = false;
    this.#stun.stop();
    this.#path.moveOn();
  }

  #lose(): void {
    if (this.#state !== 'registered') return;
    this.#state = 'lost';
    this.#lostAtMs = this.#options.clock.monotonicMs();
    this.#options.observer?.onLost?.();
  }

  #comeBack(): void {
    this.#attemptAfter(this.#timing.comeBackJitterMs * this.#random());
  }

  #attemptAfter(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, () => void this.#attempt());
  }

  #end(): void {
    if (this.isRegistered) this.#options.observer?.onStopped?.();
    for (const call of this.#calls.open) call.hangUp();
    this.#state = 'stopped';
    this.#path.abandon();
    this.#timer?.cancel();
    this.#stun.stop();
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

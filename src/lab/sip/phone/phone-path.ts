import { asFairleadError } from '../../../errors.js';
import { connectFlow } from '../flow/connect-flow.js';
import type { Flow, FlowSink } from '../flow/flow.js';
import { type SipResponse, listOf } from '../wire/sip-message.js';
import type { PhoneJournal } from './phone-journal.js';
import type { PhoneOptions, PhoneTarget } from './phone-options.js';

/** What the last 200 told about the way to the registrar. */
export interface LearnedPath {
  /** Service-Route (RFC 3608). */
  readonly routes: readonly string[];
  /** Path (RFC 3327). */
  readonly path: readonly string[];
}

const nothingLearned: LearnedPath = { routes: [], path: [] };

/** The way a phone is registered by: its target of the moment, the flow to it, and the routes that go with it. */
export class PhonePath {
  readonly #options: PhoneOptions;
  readonly #connectTimeoutMs: number;
  readonly #journal: PhoneJournal;
  readonly #sink: FlowSink;
  #target = 0;
  #flow: Flow | undefined;
  #learned = nothingLearned;
  #isAbandoned = false;

  constructor(options: PhoneOptions, connectTimeoutMs: number, journal: PhoneJournal, sink: FlowSink) {
    this.#options = options;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#journal = journal;
    this.#sink = sink;
  }

  get target(): PhoneTarget {
    const { targets } = this.#options;
    return targets[this.#target % targets.length] ?? targets[0];
  }

  get flow(): Flow | undefined {
    return this.#flow;
  }

  get learned(): LearnedPath {
    return this.#learned;
  }

  /** Routes of requests outside dialogs: those it was told, else the configured one. */
  get routes(): readonly string[] {
    return this.#learned.routes.length > 0 ? this.#learned.routes : this.#configured;
  }

  /** Routes of REGISTER: a capable phone takes the way it was told for it, too. */
  get registerRoutes(): readonly string[] {
    return this.#options.capable === false ? this.#configured : this.routes;
  }

  /** The flow to the target, opened when there is none; undefined, and in the journal, when it does not open. */
  async open(attempt: number): Promise<Flow | undefined> {
    if (this.#flow?.isOpen === true) return this.#flow;
    const { clock, connecting } = this.#options;
    const { target } = this;
    const startMs = clock.monotonicMs();
    try {
      const connect = () => this.#connect(target);
      this.#flow = await (connecting === undefined ? connect() : connecting.run(connect));
      return this.#flow;
    } catch (error) {
      this.#journal.ended('connect', target, attempt, startMs, 'error', asFairleadError(error).message);
      return undefined;
    }
  }

  /** Opens nothing from now on; a flow that is being opened ends when it is. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  learn(response: SipResponse): void {
    this.#learned = { routes: listOf(response, 'Service-Route'), path: listOf(response, 'Path') };
  }

  /** True when it was the flow of this path, which is without one then. */
  forget(flow: Flow): boolean {
    if (flow !== this.#flow) return false;
    this.#flow = undefined;
    return true;
  }

  /** Leaves for the next target; what was learned and the flow are left behind. */
  moveOn(): void {
    this.#target += 1;
    this.#learned = nothingLearned;
    const flow = this.#flow;
    this.#flow = undefined;
    flow?.end();
  }

  async #connect({ flow: target }: PhoneTarget): Promise<Flow | undefined> {
    if (this.#isAbandoned) return undefined;
    const { clock, trust } = this.#options;
    const options = { target, timeoutMs: this.#connectTimeoutMs, clock };
    return await connectFlow(trust === undefined ? options : { ...options, trust }, this.#sink);
  }

  get #configured(): readonly string[] {
    const { route } = this.target;
    return route === undefined ? [] : [route];
  }
}

import type { Dispatcher } from 'undici';
import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import { basicAuthorization } from '../http/basic-credentials.js';
import { CookieJar, tokenCookie } from './cookie-jar.js';
import { type EdgeConfig, parseEdgeConfig } from './edge-config.js';
import type { EdgeAddress } from './edge-transport.js';
import { type ClientAnswer, type ClientRequest, exchange, setCookieFields } from './exchange.js';
import { type Action, type Operation, type OperationSink, type Outcome, outcomeOf } from './operation-log.js';
import { type Patience, noPatience, readRetryAfterSeconds } from './patience.js';
import { signInPath, targetPath } from './target-path.js';

export interface LabClientOptions {
  /** Stands in the operation log. */
  readonly name: string;
  readonly domain: string;
  readonly userName: string;
  readonly password: string;
  /** In the order of preference; the client moves on when one gives no answer or 503, as far as its patience goes. */
  readonly edges: readonly [EdgeAddress, ...EdgeAddress[]];
  readonly transport: Dispatcher;
  readonly log: OperationSink;
  readonly clock: Clock;
  /** One try unless it says otherwise. */
  readonly patience?: Patience;
}

/** What a client presents: its name and password, its token, or both. */
export type Presented = 'credentials' | 'token' | 'both';

/** How an action ended; `answer` is there unless there was no usable one. */
export interface ActionResult {
  readonly operation: Operation;
  readonly answer?: ClientAnswer;
}

export interface FetchOptions {
  readonly method?: Dispatcher.HttpMethod;
  readonly body?: string;
  /** Both, unless it says otherwise. */
  readonly present?: Presented;
  readonly signal?: AbortSignal;
}

interface Step {
  readonly action: Action;
  readonly path: string;
  readonly options: FetchOptions;
  /** Looks at a good answer; what it throws makes the operation an error. */
  readonly accept: (answer: ClientAnswer) => void;
}

/** A soft client outside (lab: not a real Jabber): it signs in, keeps its token, and fetches; every request is logged. */
export class LabClient {
  readonly #options: LabClientOptions;
  readonly #jar = new CookieJar();
  #password: string;
  #edge = 0;
  #config: EdgeConfig | undefined;

  constructor(options: LabClientOptions) {
    this.#options = options;
    this.#password = options.password;
  }

  /** What the last sign-in or refresh told it. */
  get edgeConfig(): EdgeConfig | undefined {
    return this.#config;
  }

  /** The edge it talks to now. */
  get edge(): EdgeAddress {
    const { edges } = this.#options;
    return edges[this.#edge % edges.length] ?? edges[0];
  }

  /** The token for the edge it talks to now. */
  get token(): string | undefined {
    const cookies = this.#jar.cookiesFor(this.edge.host, '/', this.#options.clock.nowMs());
    return cookies.find(({ name }) => name === tokenCookie)?.value;
  }

  /** What it presents from now on. */
  setPassword(password: string): void {
    this.#password = password;
  }

  /** Forgets every cookie, as a client that starts anew. */
  forgetToken(): void {
    this.#jar.clear();
  }

  /** Asks for the edge config with name and password alone. */
  async signIn(signal?: AbortSignal): Promise<ActionResult> {
    return await this.#askForConfig('sign-in', 'credentials', signal);
  }

  /** Asks for the edge config and a new token, with what it presents; both, unless it says otherwise. */
  async refresh(present: Presented = 'both', signal?: AbortSignal): Promise<ActionResult> {
    return await this.#askForConfig('refresh', present, signal);
  }

  /** Fetches an internal URL through the edge; a client with patience signs in anew after a 401, once. */
  async fetch(url: string, options: FetchOptions = {}): Promise<ActionResult> {
    const step: Step = {
      action: 'fetch',
      path: targetPath(this.#options.domain, url),
      options,
      accept: () => undefined,
    };
    const first = await this.#act(step);
    if (first.answer?.status !== 401 || this.#patience.attempts === 1) return first;
    const signIn = await this.signIn(options.signal);
    return signIn.operation.outcome === 'ok' ? await this.#act(step) : first;
  }

  /** Fetches a document of the user's own UDS, such as `user/ada/devices`, from the server the edge config names. */
  async fetchUds(path: string, options: FetchOptions = {}): Promise<ActionResult> {
    const server = this.#config?.udsServers[0];
    if (server === undefined) throw new FairleadError('lab.unexpected', 'no edge config names a UDS server yet');
    return await this.fetch(`https://${server.address}:${server.port}/cucm-uds/${path}`, options);
  }

  get #patience(): Patience {
    return this.#options.patience ?? noPatience;
  }

  async #askForConfig(action: Action, present: Presented, signal?: AbortSignal): Promise<ActionResult> {
    return await this.#act({
      action,
      path: signInPath(this.#options.domain),
      options: signal === undefined ? { present } : { present, signal },
      accept: (answer) => {
        this.#config = parseEdgeConfig(answer.body);
        if (this.token === undefined) throw new FairleadError('lab.unexpected', 'the sign-in gave no token');
      },
    });
  }

  async #act(step: Step): Promise<ActionResult> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#try(step, attempt);
      const waitMs = this.#waitAfter(result.operation);
      if (waitMs === undefined || attempt >= this.#patience.attempts) return result;
      if (result.operation.outcome !== 'limited') this.#edge += 1;
      await this.#options.clock.sleep(waitMs, step.options.signal);
    }
  }

  #waitAfter({ outcome, retryAfterSeconds }: Operation): number | undefined {
    if (outcome !== 'limited' && outcome !== 'unavailable' && outcome !== 'error') return undefined;
    const { longestWaitMs, unaskedWaitMs } = this.#patience;
    const waitMs = retryAfterSeconds === undefined ? unaskedWaitMs : retryAfterSeconds * 1000;
    return waitMs <= longestWaitMs ? waitMs : undefined;
  }

  async #try(step: Step, attempt: number): Promise<ActionResult> {
    const { clock, log, name } = this.#options;
    const startedAt = new Date(clock.nowMs()).toISOString();
    const startMs = clock.monotonicMs();
    const { host: edge } = this.edge;
    const { answer, ...end } = await this.#exchange(step);
    const durationMs = clock.monotonicMs() - startMs;
    const { action, path: target } = step;
    const operation = { client: name, action, target, edge, attempt, startedAt, durationMs, ...end };
    log.add(operation);
    return answer === undefined ? { operation } : { operation, answer };
  }

  async #exchange(step: Step): Promise<Pick<Operation, 'outcome' | 'status' | 'error'> & { answer?: ClientAnswer }> {
    let answer: ClientAnswer | undefined;
    try {
      answer = await exchange(this.#options.transport, this.#request(step), step.options.signal);
      this.#keepCookies(answer);
      const outcome = outcomeOf(answer.status);
      if (outcome === 'ok') step.accept(answer);
      return { ...endOf(answer, outcome, this.#options.clock.nowMs()), answer };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ...(answer === undefined ? {} : { status: answer.status, answer }), outcome: 'error', error: message };
    }
  }

  #request({ path, options: { method = 'GET', body, present = 'both' } }: Step): ClientRequest {
    const { userName, clock } = this.#options;
    const cookie = present === 'credentials' ? undefined : this.#jar.headerFor(this.edge.host, path, clock.nowMs());
    const authorization = basicAuthorization({ userName, password: this.#password });
    const headers = {
      accept: 'text/xml',
      ...(present === 'token' ? {} : { authorization }),
      ...(cookie === undefined ? {} : { cookie }),
    };
    return { edge: this.edge, method, path, headers, ...(body === undefined ? {} : { body }) };
  }

  #keepCookies({ headers }: ClientAnswer): void {
    const nowMs = this.#options.clock.nowMs();
    for (const field of setCookieFields(headers)) this.#jar.store(this.edge.host, field, nowMs);
  }
}

function endOf({ status, headers }: ClientAnswer, outcome: Outcome, nowMs: number) {
  const retryAfterSeconds = readRetryAfterSeconds(headers['retry-after'], nowMs);
  return { outcome, status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProbeCheck } from '../../../model/health.js';
import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { GrantDesk } from '../../grants/grant-desk.js';
import type { LiveUsers } from '../../store/traffic-store.js';
import { type AccessMetrics, outcomeOf } from '../access-metrics.js';
import {
  type Answer,
  answers,
  answerToFailure,
  credentialsNotAccepted,
  credentialsWanted,
  inMaintenance,
  limited,
  send,
  unavailable,
} from '../answer.js';
import { readBasicCredentials } from '../basic-credentials.js';
import { type EdgeWord, readEdgeWord } from '../internal-fields.js';
import { checksPath } from '../probe-checks.js';
import { type Route, routeOf } from '../route.js';
import { tokenPhase, type TokenVerifier } from '../token-keys.js';
import type { Authorization, Authorizer, Presentation } from './authorizer.js';
import { edgeConfigFor, requestedServices } from './edge-config.js';
import { forwardToServer } from './forward-to-server.js';
import type { Serving } from './serving.js';
import type { TokenMint } from './token-mint.js';

export interface CoreHandlerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly authorizer: Authorizer;
  readonly verifier: TokenVerifier;
  readonly mint: TokenMint;
  readonly grants: GrantDesk;
  readonly liveUsers: LiveUsers;
  readonly metrics: AccessMetrics;
  readonly cluster: string;
  probe(signal: AbortSignal): Promise<readonly ProbeCheck[]>;
  /** Whether clients are to be refused for now; checks are answered all the same. */
  isHeld(): boolean;
  /** Whether this node is in maintenance mode. */
  isDraining(): boolean;
  /** The core that SIP clients should be pinned to; undefined when none serves. */
  sipCore(): string | undefined;
}

type Denial = Exclude<Authorization, { outcome: 'authorized' }>;
type Granted = Extract<Authorization, { outcome: 'authorized' }>;
type ConfigRoute = Extract<Route, { type: 'edge-config' }>;
type ForwardRoute = Extract<Route, { type: 'forward' }>;

function answerToDenial(denial: Denial, { authorizer }: Serving): Answer {
  switch (denial.outcome) {
    case 'refused':
      return authorizer.credentialsAccepted ? credentialsWanted : credentialsNotAccepted;
    case 'forbidden':
      return answers.forbidden;
    case 'unreachable':
      return unavailable('Sign-in is not possible for now.');
    case 'limited':
      return limited(denial.retryAfterMs);
  }
}

function presentationOf(
  { headers }: IncomingMessage,
  { token }: EdgeWord,
  route: ConfigRoute | ForwardRoute,
  { verifier, cluster }: CoreHandlerParts,
): Presentation {
  const claims = token === undefined ? undefined : verifier.verify(token);
  return {
    credentials: readBasicCredentials(headers.authorization, cluster),
    claims: claims?.domain === route.domain ? claims : undefined,
    refresh: route.type === 'edge-config',
  };
}

/** Answers one request that came over a link, under the settings that held when it came. */
export class CoreHandler {
  readonly #parts: CoreHandlerParts;

  constructor(parts: CoreHandlerParts) {
    this.#parts = parts;
  }

  async handle(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
    if (request.url === checksPath) {
      await this.#answerChecks(response);
      return;
    }
    if (this.#parts.isHeld()) {
      this.#finish(response, unavailable('The service cannot be reached for now.'));
      return;
    }
    const word = readEdgeWord(request.headers);
    const route = routeOf(request.url ?? '');
    if (word === undefined || route.type === 'malformed') this.#finish(response, answers.malformed);
    else if (route.type === 'unknown' || route.type === 'edge-sso' || !serving.settings.domains.has(route.domain)) {
      this.#finish(response, answers.notFound);
    } else await this.#authorize(request, response, word, route, serving);
  }

  async #authorize(
    request: IncomingMessage,
    response: ServerResponse,
    word: EdgeWord,
    route: ConfigRoute | ForwardRoute,
    serving: Serving,
  ): Promise<void> {
    const { authorizer, metrics, log, liveUsers } = this.#parts;
    const presentation = presentationOf(request, word, route, this.#parts);
    if (this.#parts.isDraining() && !this.#isGoingOn(presentation)) {
      this.#finish(response, inMaintenance);
      return;
    }
    const authorization = await authorizer.authorize(presentation, serving.authorizer);
    if (authorization.outcome !== 'authorized') {
      metrics.authorizations.inc({ result: authorization.outcome });
      const subject = typeof presentation.credentials === 'string' ? undefined : presentation.credentials.subject;
      log.info(
        { subject, client: word.client, requestId: word.requestId, result: authorization.outcome },
        'not let in',
      );
      this.#finish(response, answerToDenial(authorization, serving));
      return;
    }
    metrics.authorizations.inc({ result: authorization.by });
    if (authorization.by === 'token') liveUsers.seen(authorization.subject, authorization.word.expiresAtMs);
    if (route.type === 'edge-config') this.#answerConfig(response, word, route, authorization, presentation, serving);
    else await this.#forward(request, response, word, route, serving);
  }

  /** Whether a request belongs to a user who is signed in already. */
  #isGoingOn({ claims }: Presentation): boolean {
    return claims !== undefined && tokenPhase(claims, this.#parts.clock.nowMs()) === 'valid';
  }

  #answerConfig(
    response: ServerResponse,
    edge: EdgeWord,
    { domain, query }: ConfigRoute,
    { subject, word }: Granted,
    { credentials }: Presentation,
    { settings, authorizer }: Serving,
  ): void {
    const services = requestedServices(query);
    const document =
      services && edgeConfigFor(services, domain, word.profile, { ...edge, core: this.#parts.sipCore() }, settings);
    if (document === undefined) {
      this.#finish(response, answers.malformed);
      return;
    }
    if (word.profile !== undefined) this.#parts.grants.issue(subject, word.profile.registrants, word.expiresAtMs);
    // A token alone proves no password, so it begets no other token.
    const withCredentials = authorizer.credentialsAccepted && typeof credentials !== 'string';
    const cookie = withCredentials ? this.#parts.mint.cookieFor(subject, domain, word) : undefined;
    const fields = {
      'content-type': 'text/xml; charset=utf-8',
      ...(cookie !== undefined && { 'set-cookie': cookie }),
    };
    this.#finish(response, { status: 200, text: document, fields });
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    word: EdgeWord,
    route: ForwardRoute,
    { settings }: Serving,
  ): Promise<void> {
    const { clock, log, metrics } = this.#parts;
    const { requestId } = word;
    if (!settings.allowList.allows(request.method ?? '', route.target, route.path)) {
      log.info({ requestId, host: route.target.host, port: route.target.port }, 'no AllowRule covers a request');
      this.#finish(response, answers.forbidden);
      return;
    }
    const outcome = await forwardToServer(request, response, route, settings, clock);
    if (outcome.type === 'failed') {
      log.warn(
        { requestId, host: route.target.host, reason: outcome.reason, err: outcome.error },
        'a UC server failed',
      );
      if (outcome.began) metrics.requests.inc({ outcome: 'broken' });
      else this.#finish(response, answerToFailure(outcome.reason));
    } else metrics.requests.inc({ outcome: outcome.type === 'answered' ? outcomeOf(outcome.status) : outcome.type });
  }

  async #answerChecks(response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the edge no longer asks')));
    const checks = await this.#parts.probe(gone.signal);
    send(response, { status: 200, text: JSON.stringify(checks), fields: { 'content-type': 'application/json' } });
  }

  #finish(response: ServerResponse, answer: Answer): void {
    send(response, answer);
    this.#parts.metrics.requests.inc({ outcome: outcomeOf(answer.status) });
  }
}

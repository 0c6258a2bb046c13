import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { CoreLink, CoreLinks } from '../../link-port.js';
import type { LiveUsers } from '../../store/traffic-store.js';
import { type AccessMetrics, outcomeOf } from '../access-metrics.js';
import {
  type Answer,
  answers,
  answerToFailure,
  credentialsNotAccepted,
  credentialsWanted,
  inMaintenance,
  send,
  unavailable,
} from '../answer.js';
import { fieldsToPassOn } from '../fields.js';
import { internalFieldList } from '../internal-fields.js';
import { type Route, routeOf } from '../route.js';
import type { TokenVerifier } from '../token-keys.js';
import { type ClientProof, readProof, subjectOfProof } from './client-proof.js';
import { coresFor, preferServing } from './core-choice.js';
import type { CorePools } from './core-pools.js';
import type { EdgeSettings } from './edge-settings.js';
import { edgeSsoAnswer } from './edge-sso.js';
import { forwardToCore } from './forward-to-core.js';
import { refusalOf } from './request-guard.js';

export interface EdgeHandlerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly links: CoreLinks;
  readonly pools: CorePools;
  readonly verifier: TokenVerifier;
  readonly liveUsers: LiveUsers;
  readonly metrics: AccessMetrics;
  readonly cluster: string;
  readonly publicName: string;
  port(): number;
  /** Where SIP clients reach this edge over TLS, if it serves any. */
  readonly sipPort: () => number | undefined;
  /** Whether a core does not serve although its link is up. */
  isHeldBack(core: string): boolean;
  /** Whether a core is in maintenance mode. */
  isCoreDraining(core: string): boolean;
  /** Whether this node is in maintenance mode, and the request is none of its own probes. */
  refusesNew(request: IncomingMessage): boolean;
  /** Whether this node is held back from serving, and the request is none of its own probes. */
  refusesClients(request: IncomingMessage): boolean;
}

/** Answers one request of a client, under the settings that held when it came. */
export type EdgeHandler = (request: IncomingMessage, response: ServerResponse, settings: EdgeSettings) => Promise<void>;

/** A route to something that a core has a say in. */
type CoreRoute = Extract<Route, { type: 'edge-config' | 'forward' }>;

const away = unavailable('The service cannot be reached for now.');
const readMethods = new Set(['GET', 'HEAD']);
const onlyRead: Answer = {
  status: 405,
  text: 'This can only be read.',
  fields: { allow: [...readMethods].join(', ') },
};

/** The cookie field is written anew without the token, which travels in a field of its own. */
const replacedFields = new Set(['cookie']);

/** A request that may cross a link. */
interface Crossing {
  readonly route: CoreRoute;
  readonly proof: ClientProof;
  readonly subject: string;
}

function isCoreRoute(route: Route): route is CoreRoute {
  return route.type === 'edge-config' || route.type === 'forward';
}

function answerHere(route: Route, { domains, signIn }: EdgeSettings, refusesNew: boolean): Answer {
  if (route.type !== 'edge-sso' || !domains.has(route.domain)) return answers.notFound;
  return refusesNew ? inMaintenance : edgeSsoAnswer(signIn);
}

function servingCores(parts: EdgeHandlerParts): readonly CoreLink[] {
  const serving = parts.links.up().filter(({ core }) => !parts.isHeldBack(core));
  return preferServing(serving, (core) => parts.isCoreDraining(core));
}

function refusalOfProof({ credentials, token }: ClientProof, credentialsAccepted: boolean): Answer | undefined {
  if (credentials === 'malformed') return answers.malformed;
  if (token !== undefined) return undefined;
  if (!credentialsAccepted) return credentialsNotAccepted;
  return credentials === 'none' || credentials === 'other-scheme' ? credentialsWanted : undefined;
}

export function newEdgeHandler(parts: EdgeHandlerParts): EdgeHandler {
  const { clock, log, pools, verifier, liveUsers, metrics } = parts;
  const requestIdPrefix = Math.trunc(clock.nowMs()).toString(36);
  let requests = 0;

  function finish(response: ServerResponse, answer: Answer): void {
    send(response, answer);
    metrics.requests.inc({ outcome: outcomeOf(answer.status) });
  }

  function fieldsFor(request: IncomingMessage, proof: ClientProof): string[] {
    requests += 1;
    const fields = fieldsToPassOn(request.rawHeaders, request.headers.connection, replacedFields);
    if (proof.cookies !== undefined) fields.push('cookie', proof.cookies);
    const word = {
      client: request.socket.remoteAddress ?? '',
      edgeName: parts.publicName,
      edgePort: parts.port(),
      sipPort: parts.sipPort(),
      requestId: `${requestIdPrefix}-${requests.toString(36)}`,
      token: proof.token?.text,
    };
    fields.push(...internalFieldList(word, proof.verdict));
    return fields;
  }

  async function cross(
    request: IncomingMessage,
    response: ServerResponse,
    { http }: EdgeSettings,
    { route, proof, subject }: Crossing,
  ): Promise<void> {
    const cookieSegment = route.type === 'forward' ? route.segment : undefined;
    const cores = coresFor(subject, servingCores(parts));
    const fields = fieldsFor(request, proof);
    const outcome = await forwardToCore({ request, response, http, fields, cores, cookieSegment }, pools, clock);
    if (outcome === 'no-core') {
      log.debug({ domain: route.domain }, 'no core that is linked serves; the request was answered with 503');
      finish(response, away);
    } else if (outcome.type === 'failed') {
      log.info({ subject, reason: outcome.reason, why: outcome.error.message }, 'a request over a link failed');
      if (outcome.began) metrics.requests.inc({ outcome: 'broken' });
      else finish(response, answerToFailure(outcome.reason));
    } else metrics.requests.inc({ outcome: outcome.type === 'answered' ? outcomeOf(outcome.status) : outcome.type });
  }

  /** The answer to a request that need not cross, or the way across. */
  function decide(request: IncomingMessage, settings: EdgeSettings): Answer | Crossing {
    if (parts.refusesClients(request)) return away;
    const refusal = refusalOf(request, settings.http);
    if (refusal !== undefined) return refusal;
    const route = routeOf(request.url ?? '');
    if (route.type === 'malformed') return answers.malformed;
    if (route.type !== 'forward' && !readMethods.has(request.method ?? '')) return onlyRead;
    if (!isCoreRoute(route) || !settings.domains.has(route.domain)) {
      return answerHere(route, settings, parts.refusesNew(request));
    }
    const nowMs = clock.nowMs();
    const proof = readProof(request, route.domain, { cluster: parts.cluster, verifier, nowMs });
    if (proof.token === undefined && parts.refusesNew(request)) return inMaintenance;
    const { userCredentials } = settings.signIn;
    const subject = subjectOfProof(proof, userCredentials);
    return (
      refusalOfProof(proof, userCredentials) ?? (subject === undefined ? credentialsWanted : { route, proof, subject })
    );
  }

  return async (request, response, settings) => {
    const decision = decide(request, settings);
    if ('status' in decision) {
      finish(response, decision);
      return;
    }
    const claims = decision.proof.token?.claims;
    if (claims !== undefined) liveUsers.seen(claims.subject, claims.expiresAtMs);
    await cross(request, response, settings, decision);
  };
}

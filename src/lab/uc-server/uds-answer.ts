import { createHash, timingSafeEqual } from 'node:crypto';
import { readBasicCredentials } from '../http/basic-credentials.js';
import { standInFor } from '../stand-in.js';
import { type UcModel, type UcUser, findUser } from './uc-model.js';
import { type UdsDocuments, udsDocuments } from './uds-documents.js';

/** The resources that the stand-in knows; a call of anything else is unscripted. */
export type UdsResource = 'version' | 'servers' | 'clusterUser' | 'user' | 'devices';

export interface UdsRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly authorization: string | undefined;
}

export interface UdsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Undefined for a call of something that the stand-in does not know. */
  readonly resource: UdsResource | undefined;
  /** The user that the call names, as it wrote it. */
  readonly userName: string | undefined;
}

/** Challenge of every 401. */
export const challenge = `Basic realm="${standInFor('Unified CM')}"`;

type Route =
  | { readonly resource: 'version' | 'servers' }
  | { readonly resource: 'clusterUser'; readonly query: URLSearchParams }
  | { readonly resource: 'user' | 'devices'; readonly userName: string };

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function routeOf(target: string): Route | undefined {
  const [path = '', query = ''] = target.split('?', 2);
  const [empty, root, resource, id, below, ...more] = path.split('/');
  if (empty !== '' || root !== 'cucm-uds' || more.length > 0) return undefined;
  if (resource === 'user' && id !== undefined && id !== '') {
    const userName = decoded(id);
    if (userName === undefined) return undefined;
    if (below === undefined) return { resource: 'user', userName };
    return below === 'devices' ? { resource: 'devices', userName } : undefined;
  }
  if (id !== undefined) return undefined;
  if (resource === 'version' || resource === 'servers') return { resource };
  return resource === 'clusterUser' ? { resource, query: new URLSearchParams(query) } : undefined;
}

function samePassword(presented: string, known: string): boolean {
  const [a, b] = [presented, known].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

function signedIn(model: UcModel, authorization: string | undefined): UcUser | undefined {
  const credentials = readBasicCredentials(authorization);
  const user = credentials === undefined ? undefined : findUser(model, credentials.userName);
  if (credentials === undefined || user?.enabled !== true) return undefined;
  return samePassword(credentials.password, user.password) ? user : undefined;
}

function wantedUser(model: UcModel, query: URLSearchParams): UcUser | undefined {
  const userName = query.get('username') ?? query.get('useridentifier');
  const email = query.get('email');
  if (userName !== null) return findUser(model, userName);
  return [...model.users.values()].find((user) => user.email.toLowerCase() === email?.toLowerCase());
}

const identifiers = ['username', 'email', 'useridentifier'];

function answerClusterUser(model: UcModel, documents: UdsDocuments, query: URLSearchParams): UdsAnswer {
  const userName = query.get('username') ?? undefined;
  if (!identifiers.some((name) => query.has(name))) return refusal(documents, 415, 'no user named', 'clusterUser');
  const body = documents.clusterUser(query.toString(), wantedUser(model, query));
  return { ...xml(200, body), resource: 'clusterUser', userName };
}

function answerUser(
  model: UcModel,
  documents: UdsDocuments,
  route: Extract<Route, { resource: 'user' | 'devices' }>,
  authorization: string | undefined,
): UdsAnswer {
  const { resource, userName } = route;
  const user = signedIn(model, authorization);
  if (user === undefined) {
    const refused = refusal(documents, 401, 'no or bad credentials', resource, userName);
    return { ...refused, headers: { ...refused.headers, 'www-authenticate': challenge } };
  }
  if (!user.endUser) return refusal(documents, 403, 'not in Standard CCM End Users', resource, userName);
  if (findUser(model, userName) !== user) return refusal(documents, 403, 'not the user signed in', resource, userName);
  return { ...xml(200, resource === 'user' ? documents.user(user) : documents.devices(user)), resource, userName };
}

function xml(status: number, body: string) {
  return { status, headers: { 'content-type': 'application/xml;charset=UTF-8' }, body };
}

function refusal(
  documents: UdsDocuments,
  status: number,
  message: string,
  resource?: UdsResource,
  userName?: string,
): UdsAnswer {
  return { ...xml(status, documents.error(status, message)), resource, userName };
}

/** Answers a UDS request as the node named `host` would, without any fault. */
export function answerUds(model: UcModel, host: string, request: UdsRequest): UdsAnswer {
  const documents = udsDocuments(model, host);
  const route = routeOf(request.target);
  if (route === undefined) return refusal(documents, 404, 'no such resource');
  if (request.method !== 'GET') {
    const refused = refusal(documents, 405, 'this resource is only read');
    return { ...refused, headers: { ...refused.headers, allow: 'GET' } };
  }
  switch (route.resource) {
    case 'version':
      return { ...xml(200, documents.version()), resource: 'version', userName: undefined };
    case 'servers':
      return { ...xml(200, documents.servers()), resource: 'servers', userName: undefined };
    case 'clusterUser':
      return answerClusterUser(model, documents, route.query);
    default:
      return answerUser(model, documents, route, request.authorization);
  }
}

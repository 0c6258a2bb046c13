import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { RelayFailure } from './relay.js';
import { isBodyPending } from './request-body.js';

/** An answer that a node gives by itself. */
export interface Answer {
  readonly status: number;
  /** For people; never more than what the status says anyway, so that nobody learns about the inside. */
  readonly text: string;
  readonly fields?: OutgoingHttpHeaders;
}

/** Seconds after which a client may try again when something behind the edge is away. */
const retryAfterSeconds = 10;

/** The challenge that clients know from Expressway (a trace in the vendor's documents shows this realm). */
export const credentialsWanted: Answer = {
  status: 401,
  text: 'Sign in with your user name and password.',
  fields: { 'www-authenticate': 'Basic realm="Cisco-Edge"' },
};

/** Signing in with credentials is switched off; the challenge names the way that is left for what comes later. */
export const credentialsNotAccepted: Answer = {
  status: 401,
  text: 'Signing in with a user name and password is switched off.',
  fields: { 'www-authenticate': 'Bearer realm="Cisco-Edge"' },
};

/** Whoever sends nonsense may mean something else by what follows. */
const andClose = { connection: 'close' } as const;

export const answers = {
  malformed: { status: 400, text: 'The request is malformed.', fields: andClose },
  forbidden: { status: 403, text: 'This is not allowed.' },
  notFound: { status: 404, text: 'There is nothing here.' },
  bodyTooLarge: { status: 413, text: 'The body is too large.', fields: andClose },
  fieldsTooLarge: { status: 431, text: 'The header section is too large.', fields: andClose },
  versionNotSupported: { status: 505, text: 'Only HTTP/1.1 is served.', fields: andClose },
  badGateway: { status: 502, text: 'The server behind answered with something that is not HTTP.' },
  internal: { status: 500, text: 'Something went wrong.' },
} as const satisfies Record<string, Answer>;

/** Something behind is away for now. */
export function unavailable(text: string): Answer {
  return { status: 503, text, fields: { 'retry-after': String(retryAfterSeconds) } };
}

/** Nobody new is let in for now; who is let in already goes on. */
export const inMaintenance = unavailable('In maintenance mode; try again later or elsewhere.');

function timedOut(text: string): Answer {
  return { status: 504, text, fields: { 'retry-after': String(retryAfterSeconds) } };
}

/** The answer to a request that could not be relayed; never 401, whatever is away. */
export function answerToFailure(reason: RelayFailure): Answer {
  switch (reason) {
    case 'timeout':
      return timedOut('The server behind did not answer in time.');
    case 'too-large':
      return answers.bodyTooLarge;
    case 'malformed':
      return answers.badGateway;
    case 'unreachable':
      return unavailable('The server behind cannot be reached for now.');
  }
}

/** Too many authorizations (RFC 6585, 4); the time is rounded up to whole seconds. */
export function limited(retryAfterMs: number): Answer {
  return {
    status: 429,
    text: 'Too many authorizations of this user.',
    fields: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
  };
}

/** Sends an answer whole; a request whose body was not read to the end costs its connection. */
export function send(response: ServerResponse, { status, text, fields }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const body = `${text}\n`;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...fields,
    ...(isBodyPending(response.req) && { connection: 'close' }),
  });
  response.end(body);
}

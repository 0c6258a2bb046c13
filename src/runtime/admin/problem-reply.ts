import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { adminBodyLimitBytes } from '../../admin/contract.js';
import { problemMediaType, problemOf, statusOfCode } from '../../admin/problem.js';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import type { Log } from '../../platform/log.js';

/** An error and the status it answers with. */
interface Refusal {
  readonly error: FairleadError;
  readonly status: number;
}

function badRequest(status: number, message: string): Refusal {
  return { error: new FairleadError('node.bad-request', message), status };
}

/** What the server itself refuses. Its own messages are not passed on: those about JSON quote the body, and secrets stand there. */
function refusalOfServer(status: number, code: unknown): Refusal {
  if (status === 413) return badRequest(413, `the body is larger than ${adminBodyLimitBytes} bytes`);
  if (status === 415) return badRequest(415, 'the body must be of the media type application/json');
  if (code === 'FST_ERR_BAD_URL') return badRequest(400, 'the path is not valid');
  return badRequest(400, 'the body is not one JSON value');
}

function refusalOf(thrown: unknown, log: Log): Refusal {
  if (thrown instanceof FairleadError && thrown.code !== 'internal') {
    return { error: thrown, status: statusOfCode(thrown.code) };
  }
  const status = isRecord(thrown) ? thrown['statusCode'] : undefined;
  if (typeof status === 'number' && status < 500) return refusalOfServer(status, isRecord(thrown) && thrown['code']);
  log.error({ err: thrown }, 'an admin request failed for no reason of its own');
  return { error: new FairleadError('internal', 'the node met something it does not expect'), status: 500 };
}

function send(reply: FastifyReply, { error, status }: Refusal): void {
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="fairlead"');
  if (status === 429) reply.header('retry-after', '60');
  if (status === 503) reply.header('retry-after', '1');
  reply.code(status).type(problemMediaType).send(problemOf(error, status));
}

/** Answers with an error as a problem (RFC 9457); what is not ours is logged and told as `internal`. */
export function sendProblem(reply: FastifyReply, thrown: unknown, log: Log): void {
  send(reply, refusalOf(thrown, log));
}

/** Answers with a status that HTTP has for a case of `node.bad-request` or `node.not-found`. */
export function sendStatus(reply: FastifyReply, status: number, error: FairleadError): void {
  send(reply, { error, status });
}

/** Answers what is not HTTP at all, and closes the connection. */
export function refuseConnection(socket: Socket): void {
  const body = JSON.stringify(problemOf(new FairleadError('node.bad-request', 'this is not a valid HTTP request')));
  const head = [
    `HTTP/1.1 400 ${STATUS_CODES[400] ?? ''}`,
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  else socket.destroy();
}

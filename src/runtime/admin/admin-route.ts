import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdminScope } from '../../admin/contract.js';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import type { SchemaCheck } from '../../model/schema-check.js';
import type { AdminIdentity } from '../node-config.js';

/** One path and method of the admin interface. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** What the identity must be allowed. */
  readonly scope: AdminScope;
  /** For the OpenAPI document. */
  readonly summary: string;
  /** Names of the schemas of body and answer, for the OpenAPI document; absent where there is none, or it is not JSON. */
  readonly body?: string;
  readonly answer?: string;
  /** Gives the body of the answer. */
  handle(request: FastifyRequest, reply: FastifyReply): unknown;
}

/** The decorator under which a request carries its authenticated identity. */
export const identityKey = 'identity';

/** Who asks, as the node authenticated it. */
export function actorOf(request: FastifyRequest): string {
  return request.getDecorator<AdminIdentity>(identityKey).name;
}

/** A parameter of the path; the router gives every one that the path declares. */
export function paramOf({ params }: FastifyRequest, name: string): string {
  const value = isRecord(params) ? params[name] : undefined;
  if (typeof value === 'string') return value;
  throw new FairleadError('internal', `the path has no parameter ${name}`);
}

/** The body as its schema says. @throws FairleadError `node.bad-request` with every fault, placed by JSON pointer */
export function bodyOf<T>({ body }: FastifyRequest, check: SchemaCheck<T>): T {
  const checked = check(body);
  if (checked.ok) return checked.value;
  const details = checked.faults.map(({ pointer, message }) => ({ place: pointer, message }));
  throw new FairleadError('node.bad-request', details[0]?.message ?? 'the body is not what is asked for', { details });
}

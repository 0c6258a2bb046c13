import { FairleadError } from '../errors.js';
import { TimeLimitReached } from './time-limit.js';

/** What the system refuses for want of room, handles or an answer: the same operation may succeed later. */
const passingSystemCodes: ReadonlySet<unknown> = new Set([
  ...['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY'],
  ...['ETIMEDOUT', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'],
]);
const deepestCause = 8;

/** Tells whether a failure may go away while nothing else changes: one of ours by its retry class, any other by what caused it. */
export function isPassing(thrown: unknown, depth = 0): boolean {
  if (thrown instanceof TimeLimitReached) return true;
  if (thrown instanceof FairleadError && thrown.retry !== 'on-new-revision') return thrown.retry !== 'never';
  if (!(thrown instanceof Error) || depth > deepestCause) return false;
  return ('code' in thrown && passingSystemCodes.has(thrown.code)) || isPassing(thrown.cause, depth + 1);
}

import { FairleadError, errorDefinitions, isErrorCode, retryClasses } from '../errors.js';
import type { ErrorCode, ErrorDetail, RetryClass } from '../errors.js';
import { isRecord } from '../model/json.js';
import type { Problem } from './contract.js';

export const problemMediaType = 'application/problem+json';

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  'node.bad-request': 400,
  'node.unauthenticated': 401,
  'node.forbidden': 403,
  'node.not-found': 404,
  'node.unknown-plan': 404,
  'node.pending': 409,
  'plan.stale': 412,
  'resource.invalid': 422,
  'node.unsupported': 422,
  'apply.prepare-failed': 422,
  'secret.unresolved': 422,
  'node.too-many-failures': 429,
  'node.busy': 503,
  'node.not-ready': 503,
  'link.down': 503,
  'node.storage': 507,
};

/** The HTTP status that a code answers with; 500 for a code that no admin request should meet. */
export function statusOfCode(code: ErrorCode): number {
  return statuses[code] ?? 500;
}

/** The body of an error answer; `status` is given where HTTP has a more precise one than the code. */
export function problemOf(error: FairleadError, status: number = statusOfCode(error.code)): Problem {
  return {
    type: `https://fairlead.dev/errors#${error.code}`,
    title: errorDefinitions[error.code].meaning,
    status,
    detail: error.message,
    code: error.code,
    mend: error.mend,
    retry: error.retry,
    details: error.details,
  };
}

const longestText = 2000;
const mostDetails = 100;

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, longestText) : '';
}

function detailsOf(value: unknown): readonly ErrorDetail[] {
  if (!Array.isArray(value)) return [];
  const records = value.slice(0, mostDetails).filter(isRecord);
  return records.map(({ place, message }) => ({ place: textOf(place), message: textOf(message) }));
}

/** The code for an answer whose body is not a problem of ours: what the status alone says. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'node.unauthenticated';
  if (status === 403) return 'node.forbidden';
  if (status === 404) return 'node.not-found';
  if (status === 409) return 'node.pending';
  if (status === 412) return 'plan.stale';
  return status >= 500 ? 'node.unreachable' : 'node.bad-request';
}

function retryOf(value: unknown): RetryClass | undefined {
  return retryClasses.find((one) => one === value);
}

/** The error that an answer stands for; anything that is not a problem of ours is told by its status alone. Texts are cut to 2000 characters. */
export function errorOfProblem(body: unknown, status: number): FairleadError {
  const { code, detail, mend, details, retry } = isRecord(body) ? body : {};
  if (typeof code !== 'string' || !isErrorCode(code)) {
    return new FairleadError(codeOfStatus(status), `the node answered with HTTP status ${status}`);
  }
  const message = textOf(detail) || errorDefinitions[code].meaning;
  const shown = textOf(mend);
  const told = retryOf(retry);
  return new FairleadError(code, message, {
    details: detailsOf(details),
    ...(shown === '' ? {} : { mend: shown }),
    ...(told && { retry: told }),
  });
}

import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { ActionResult } from '../client/lab-client.js';

const firstPollMs = 25;
const longestPollMs = 200;

/** @throws FairleadError `lab.unexpected` with the text unless the condition holds. */
export function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new FairleadError('lab.unexpected', otherwise);
}

/** Says how a client's request ended, in a few words. */
export function described({ operation }: ActionResult): string {
  const { status, retryAfterSeconds, error } = operation;
  const retry = retryAfterSeconds === undefined ? '' : `, Retry-After ${retryAfterSeconds} s`;
  return status === undefined ? `no answer: ${error ?? 'unknown'}` : `${status}${retry}`;
}

/** @throws FairleadError `lab.unexpected` unless a request ended with a status. */
export function expectStatus(result: ActionResult, status: number): void {
  expect(result.operation.status === status, `expected ${status}, got ${described(result)}`);
}

/**
 * Asks again and again until there is an answer; the longer it takes, the longer the pauses.
 * @throws FairleadError `lab.unexpected` when there is none within `limitSeconds`.
 */
export async function eventually<T>(
  clock: Clock,
  what: string,
  limitSeconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const startMs = clock.monotonicMs();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const elapsedMs = clock.monotonicMs() - startMs;
    expect(elapsedMs < limitSeconds * 1000, `${what}: not within ${limitSeconds} s`);
    await clock.sleep(Math.min(longestPollMs, firstPollMs + elapsedMs / 10));
  }
}

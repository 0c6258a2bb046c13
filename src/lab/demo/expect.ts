import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { ActionResult } from '../client/lab-client.js';

const pollMs = 25;

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
 * Asks again and again until there is an answer.
 * @throws FairleadError `lab.unexpected` when there is none within `limitSeconds`.
 */
export async function eventually<T>(
  clock: Clock,
  what: string,
  limitSeconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadlineMs = clock.monotonicMs() + limitSeconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    expect(clock.monotonicMs() < deadlineMs, `${what}: not within ${limitSeconds} s`);
    await clock.sleep(pollMs);
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ErrorCode, errorDefinitions, FairleadError, isErrorCode } from '../../../src/errors.js';
import { nextPass } from '../../../src/reconciler/loop/next-pass.js';
import type { PassOutcome } from '../../../src/reconciler/pass-outcome.js';
import { policyOf } from '../../../src/reconciler/policy.js';
import { commitOf, declaration } from '../plans.js';

const noon = Date.UTC(2026, 0, 15, 12);

function policy(spec: unknown = {}) {
  return policyOf(declaration(commitOf('a'), [], spec));
}

function failed(code: ErrorCode): PassOutcome {
  return { state: 'error', error: new FairleadError(code, 'for a test') };
}

const invalid: PassOutcome = { state: 'invalid', commit: commitOf('a'), problems: [] };

test('without a reason to hurry the poll interval is kept, give or take a tenth', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (random) => {
      const { delayMs, isRetry } = nextPass(invalid, 1, policy({ pollIntervalSeconds: 100 }), noon, () => random);
      assert.ok(delayMs >= 90_000 && delayMs <= 110_000 && !isRetry, `${delayMs}`);
    }),
    { numRuns: 50, seed: 20260115 },
  );
});

test('a window that opens before the next poll is the next pass', () => {
  const windows = [{ cron: '30 12 * * *', durationMinutes: 60 }];
  assert.equal(nextPass(invalid, 1, policy({ pollIntervalSeconds: 86_400, windows }), noon).delayMs, 1_800_000);
});

test('what may go away by itself is tried again sooner, later each time, and not later than the poll', () => {
  const ceilings = [1, 2, 3, 20].map((failures) => {
    return nextPass(failed('node.unreachable'), failures, policy({ pollIntervalSeconds: 30 }), noon, () => 0.999)
      .delayMs;
  });
  assert.deepEqual(
    ceilings.map((ms) => Math.round(ms / 100)),
    [5, 10, 20, 330],
  );
});

test('the class of the error decides whether a pass is a retry', () => {
  for (const code of Object.keys(errorDefinitions).filter(isErrorCode)) {
    const { retry } = errorDefinitions[code];
    assert.equal(nextPass(failed(code), 1, policy(), noon).isRetry, retry === 'now' || retry === 'backoff', code);
  }
  assert.ok(nextPass(failed('plan.stale'), 1, policy(), noon).delayMs <= 1);
});

test('what keeps the last good revision from being kept is tried again, too', () => {
  const { isRetry } = nextPass({ ...invalid, kept: failed('node.unreachable') }, 1, policy(), noon);
  assert.equal(isRetry, true);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LatencyHistogram } from '../../src/lab/load/latency-histogram.js';
import { runLoad } from '../../src/lab/load/load.js';
import type { Clock } from '../../src/platform/clock.js';

/** A clock on which sleeping is the only way that time passes; one sleeper at a time. */
function steppedClock(): Clock & { advance(durationMs: number): void } {
  let nowMs = 1000;
  return {
    advance: (durationMs) => {
      nowMs += durationMs;
    },
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after: () => ({ cancel: () => undefined }),
    sleep: (delayMs) => {
      nowMs += delayMs;
      return Promise.resolve();
    },
  };
}

test('a quantile is never below the exact one, and at most 1.6 % and 1 µs above', () => {
  const durations = fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
      const histogram = new LatencyHistogram();
      for (const value of values) histogram.add(value);
      const exact = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;
      const found = histogram.quantileMs(share);
      assert.ok(found >= exact - 0.0006 && found <= exact * 1.016 + 0.001, `${found} for ${exact}`);
    }),
    { numRuns: 300 },
  );
});

test('an empty histogram is all zeros', () => {
  const { count, p99Ms, maxMs, meanMs } = new LatencyHistogram().summary();
  assert.deepEqual([count, p99Ms, maxMs, meanMs], [0, 0, 0, 0]);
});

test('workers do every task once, and no more at a time than there are workers', async () => {
  const clock = steppedClock();
  const seen: number[] = [];
  let running = 0;
  let most = 0;
  const report = await runLoad({
    workers: 3,
    tasks: 20,
    clock,
    task: async (_worker, number) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      seen.push(number);
      running -= 1;
    },
  });
  assert.deepEqual(
    seen.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index),
  );
  assert.equal(most, 3);
  assert.deepEqual([report.done, report.failed], [20, 0]);
});

test('at a fixed rate a stall counts for every task that was due meanwhile', async () => {
  const clock = steppedClock();
  const task = (_worker: number, number: number) => {
    clock.advance(number === 0 ? 100 : 1);
    return Promise.resolve();
  };
  const { latency, elapsedMs } = await runLoad({ workers: 1, tasks: 5, perSecond: 100, clock, task });
  // Due at 0, 10, 20, 30, 40; ended at 100, 101, 102, 103, 104.
  assert.equal(elapsedMs, 104);
  assert.equal(latency.maxMs, 100);
  assert.equal(latency.meanMs, (100 + 91 + 82 + 73 + 64) / 5);
});

test('failures are counted by their message, and end nothing', async () => {
  const task = (_worker: number, number: number) =>
    number % 2 === 0 ? Promise.reject(new Error('refused')) : Promise.resolve();
  const report = await runLoad({ workers: 2, tasks: 10, clock: steppedClock(), task });
  assert.deepEqual([report.done, report.failed], [5, 5]);
  assert.deepEqual([...report.failures], [['refused', 5]]);
  assert.equal(report.latency.count, 5);
});

test('no task begins after the limit', async () => {
  const clock = steppedClock();
  const task = () => {
    clock.advance(10);
    return Promise.resolve();
  };
  const { done } = await runLoad({ workers: 1, tasks: 1000, limitMs: 100, clock, task });
  assert.equal(done, 10);
});

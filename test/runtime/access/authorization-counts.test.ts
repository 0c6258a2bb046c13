import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newMemoryAuthorizationCounts } from '../../../src/runtime/store/memory-authorization-counts.js';
import type { AuthorizationCounts, Taking } from '../../../src/runtime/store/traffic-store.js';
import { FakeClock } from '../../fake-clock.js';

const limit = { maximum: 3, periodMs: 300_000 };

async function takeAll(counts: AuthorizationCounts, times: number, subject = 'ada'): Promise<readonly Taking[]> {
  const takings: Taking[] = [];
  for (let time = 0; time < times; time += 1) takings.push(await counts.take(subject, limit));
  return takings;
}

test('as many as the maximum fit into a period, and the next one says when it will', async () => {
  const clock = new FakeClock();
  const counts = newMemoryAuthorizationCounts(clock);
  assert.ok((await takeAll(counts, 3)).every(({ granted }) => granted));
  clock.advance(1000);
  assert.deepEqual(await counts.take('ada', limit), { granted: false, retryAfterMs: 299_000 });
  assert.equal((await counts.take('grace', limit)).granted, true);
});

test('an authorization leaves the window exactly one period after it came', async () => {
  const clock = new FakeClock();
  const counts = newMemoryAuthorizationCounts(clock);
  await takeAll(counts, 3);
  clock.advance(299_999);
  assert.deepEqual(await counts.take('ada', limit), { granted: false, retryAfterMs: 1 });
  clock.advance(1);
  assert.equal((await counts.take('ada', limit)).granted, true);
});

test('a refused authorization costs nothing', async () => {
  const clock = new FakeClock();
  const counts = newMemoryAuthorizationCounts(clock);
  await takeAll(counts, 3);
  for (let second = 0; second < 299; second += 1) {
    clock.advance(1000);
    assert.equal((await counts.take('ada', limit)).granted, false);
  }
  clock.advance(1000);
  assert.equal((await counts.take('ada', limit)).granted, true);
});

test('the window slides: each place becomes free for itself', async () => {
  const clock = new FakeClock();
  const counts = newMemoryAuthorizationCounts(clock);
  for (let time = 0; time < 3; time += 1) {
    await counts.take('ada', limit);
    clock.advance(100_000);
  }
  assert.equal((await counts.take('ada', limit)).granted, true);
  assert.deepEqual(await counts.take('ada', limit), { granted: false, retryAfterMs: 100_000 });
});

test('what is given back was never taken', async () => {
  const counts = newMemoryAuthorizationCounts(new FakeClock());
  const [first] = await takeAll(counts, 3);
  assert.equal((await counts.take('ada', limit)).granted, false);
  assert.ok(first?.granted);
  await first.giveBack();
  assert.equal((await counts.take('ada', limit)).granted, true);
  assert.equal((await counts.take('ada', limit)).granted, false);
});

test('new numbers hold at once and see what was counted under the old ones', async () => {
  const clock = new FakeClock();
  const counts = newMemoryAuthorizationCounts(clock);
  await takeAll(counts, 3);
  clock.advance(10_000);
  assert.equal((await counts.take('ada', { ...limit, maximum: 4 })).granted, true);
  assert.deepEqual(await counts.take('ada', { maximum: 1, periodMs: 60_000 }), {
    granted: false,
    retryAfterMs: 60_000,
  });
  clock.advance(60_000);
  assert.equal((await counts.take('ada', { maximum: 1, periodMs: 60_000 })).granted, true);
  // Under the long period of before, all five count.
  assert.equal((await counts.take('ada', { maximum: 5, periodMs: 300_000 })).granted, false);
  assert.equal((await counts.take('ada', { maximum: 6, periodMs: 300_000 })).granted, true);
});

test('setting the wall clock changes nothing', async () => {
  const clock = new FakeClock();
  const counts = newMemoryAuthorizationCounts(clock);
  await takeAll(counts, 3);
  clock.setWall(clock.nowMs() + 86_400_000);
  assert.equal((await counts.take('ada', limit)).granted, false);
});

test('it counts as a list of all times would', async () => {
  const steps = fc.array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 40 }),
      maximum: fc.integer({ min: 1, max: 5 }),
      periodMs: fc.integer({ min: 1, max: 100 }),
    }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const clock = new FakeClock();
      const counts = newMemoryAuthorizationCounts(clock);
      const taken: number[] = [];
      for (const { waitMs, maximum, periodMs } of all) {
        clock.advance(waitMs);
        const nowMs = clock.monotonicMs();
        const expected = taken.filter((stampMs) => stampMs > nowMs - periodMs).length < maximum;
        assert.equal((await counts.take('ada', { maximum, periodMs })).granted, expected);
        if (expected) taken.push(nowMs);
      }
    }),
    { numRuns: 200 },
  );
});

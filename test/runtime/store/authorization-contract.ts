import assert from 'node:assert/strict';
import { type TestContext, type TestOptions, test } from 'node:test';
import fc from 'fast-check';
import type { AuthorizationCounts, Taking } from '../../../src/runtime/store/traffic-store.js';

/** Counts of authorizations, and the time that they look at. */
export interface CountsUnderTest {
  readonly counts: AuthorizationCounts;
  readonly advance: (byMs: number) => Promise<void>;
}

export const limit = { maximum: 3, periodMs: 300_000 };
/** A store may live on a clock that goes on by itself; nothing here turns on so little. */
const slackMs = 2000;

export async function takeAll(counts: AuthorizationCounts, times: number, subject = 'ada'): Promise<readonly Taking[]> {
  const takings: Taking[] = [];
  for (let time = 0; time < times; time += 1) takings.push(await counts.take(subject, limit));
  return takings;
}

function assertRefused(taking: Taking, retryAfterMs: number): void {
  assert.ok(!taking.granted, 'the authorization is refused');
  const { retryAfterMs: told } = taking;
  assert.ok(told > retryAfterMs - slackMs && told <= retryAfterMs, `${told} instead of ${retryAfterMs}`);
}

/** Tests what any counts of authorizations promise, wherever they are kept. */
export function testAuthorizationCounts(
  place: string,
  open: (t: TestContext) => Promise<CountsUnderTest>,
  options: TestOptions = {},
): void {
  test(`${place}: as many as the maximum fit into a period, and the next one says when it will`, options, async (t) => {
    const { counts, advance } = await open(t);
    assert.deepEqual(
      (await takeAll(counts, 3)).map(({ granted }) => granted),
      [true, true, true],
    );
    await advance(10_000);
    assertRefused(await counts.take('ada', limit), 290_000);
    assert.equal((await counts.take('grace', limit)).granted, true);
  });

  test(`${place}: an authorization leaves the window one period after it came`, options, async (t) => {
    const { counts, advance } = await open(t);
    await takeAll(counts, 3);
    await advance(297_000);
    assertRefused(await counts.take('ada', limit), 3000);
    await advance(3000);
    assert.equal((await counts.take('ada', limit)).granted, true);
  });

  test(`${place}: a refused authorization costs nothing`, options, async (t) => {
    const { counts, advance } = await open(t);
    await takeAll(counts, 3);
    for (let time = 0; time < 20; time += 1) {
      await advance(14_000);
      assert.equal((await counts.take('ada', limit)).granted, false);
    }
    await advance(20_000);
    assert.deepEqual(
      (await takeAll(counts, 3)).map(({ granted }) => granted),
      [true, true, true],
    );
  });

  test(`${place}: the window slides, each place becomes free for itself`, options, async (t) => {
    const { counts, advance } = await open(t);
    for (let time = 0; time < 3; time += 1) {
      await counts.take('ada', limit);
      await advance(100_000);
    }
    assert.equal((await counts.take('ada', limit)).granted, true);
    assertRefused(await counts.take('ada', limit), 100_000);
  });

  test(`${place}: what is given back was never taken`, options, async (t) => {
    const { counts } = await open(t);
    const [first] = await takeAll(counts, 3);
    assert.equal((await counts.take('ada', limit)).granted, false);
    assert.ok(first?.granted, 'the first is granted');
    await first.giveBack();
    assert.equal((await counts.take('ada', limit)).granted, true);
    assert.equal((await counts.take('ada', limit)).granted, false);
  });

  test(`${place}: new numbers hold at once and see what was counted under the old ones`, options, async (t) => {
    const { counts, advance } = await open(t);
    await takeAll(counts, 3);
    await advance(10_000);
    assert.equal((await counts.take('ada', { ...limit, maximum: 4 })).granted, true);
    assertRefused(await counts.take('ada', { maximum: 1, periodMs: 60_000 }), 60_000);
    await advance(60_000);
    assert.equal((await counts.take('ada', { maximum: 1, periodMs: 60_000 })).granted, true);
    // Under the long period of before, all five count.
    assert.equal((await counts.take('ada', { maximum: 5, periodMs: 300_000 })).granted, false);
    assert.equal((await counts.take('ada', { maximum: 6, periodMs: 300_000 })).granted, true);
  });

  test(`${place}: many at once are not more than the maximum`, options, async (t) => {
    const { counts } = await open(t);
    const takings = await Promise.all(Array.from({ length: 50 }, () => counts.take('ada', limit)));
    assert.equal(takings.filter(({ granted }) => granted).length, 3);
  });

  test(`${place}: it counts as a list of all times would`, options, async (t) => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 40 }).map((seconds) => seconds * 10_000),
      maximum: fc.integer({ min: 1, max: 5 }),
      // Never a whole number of waits: what happens at the very end of a period is not what is asked here.
      periodMs: fc.integer({ min: 1, max: 100 }).map((seconds) => seconds * 10_000 - 5000),
    });
    const { counts, advance } = await open(t);
    let user = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (all) => {
        user += 1;
        const taken: number[] = [];
        let nowMs = 0;
        for (const { waitMs, maximum, periodMs } of all) {
          await advance(waitMs);
          nowMs += waitMs;
          const expected = taken.filter((stampMs) => stampMs > nowMs - periodMs).length < maximum;
          assert.equal((await counts.take(`user ${user}`, { maximum, periodMs })).granted, expected);
          if (expected) taken.push(nowMs);
        }
      }),
      { numRuns: 30 },
    );
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newMemoryAuthorizationCounts } from '../../../src/runtime/store/memory-authorization-counts.js';
import { FakeClock } from '../../fake-clock.js';
import { limit, takeAll, testAuthorizationCounts } from './authorization-contract.js';

testAuthorizationCounts('memory', () => {
  const clock = new FakeClock();
  const advance = (byMs: number) => {
    clock.advance(byMs);
    return Promise.resolve();
  };
  return Promise.resolve({ counts: newMemoryAuthorizationCounts(clock), advance });
});

test('memory: an authorization leaves the window to the millisecond', async () => {
  const clock = new FakeClock();
  const counts = newMemoryAuthorizationCounts(clock);
  await takeAll(counts, 3);
  clock.advance(299_999);
  assert.deepEqual(await counts.take('ada', limit), { granted: false, retryAfterMs: 1 });
  clock.advance(1);
  assert.equal((await counts.take('ada', limit)).granted, true);
});

test('memory: setting the wall clock changes nothing', async () => {
  const clock = new FakeClock();
  const counts = newMemoryAuthorizationCounts(clock);
  await takeAll(counts, 3);
  clock.setWall(clock.nowMs() + 86_400_000);
  assert.equal((await counts.take('ada', limit)).granted, false);
});

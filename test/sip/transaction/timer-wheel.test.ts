import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../../../src/platform/clock.js';
import { TimerWheel, WheelEntry } from '../../../src/runtime/sip/transaction/timer-wheel.js';
import { FakeClock } from '../../fake-clock.js';

function rethrow(error: unknown): never {
  throw error;
}

class Alarm extends WheelEntry {
  readonly rang: number[] = [];
  readonly #clock: FakeClock;
  readonly #onRing: () => void;

  constructor(clock: FakeClock, onRing: () => void = () => undefined) {
    super();
    this.#clock = clock;
    this.#onRing = onRing;
  }

  onDue(): void {
    this.rang.push(this.#clock.monotonicMs());
    this.#onRing();
  }
}

test('an entry comes up once, not early, and at most 50 ms late, however long it waits', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 30 }), (delays) => {
      const clock = new FakeClock();
      const wheel = new TimerWheel(clock, rethrow);
      const alarms = delays.map((delayMs) => {
        const alarm = new Alarm(clock);
        wheel.schedule(alarm, delayMs);
        return { alarm, delayMs };
      });
      clock.advance(400_200);
      for (const { alarm, delayMs } of alarms) {
        assert.equal(alarm.rang.length, 1);
        const lateMs = (alarm.rang[0] ?? 0) - delayMs;
        assert.ok(lateMs >= 0 && lateMs <= 50, `${lateMs} ms late`);
      }
      assert.equal(wheel.size, 0);
    }),
    { numRuns: 5 },
  );
});

test('a cancelled entry never comes up, and one that is put off comes up once', () => {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock, rethrow);
  const cancelled = new Alarm(clock);
  const putOff = new Alarm(clock);
  wheel.schedule(cancelled, 1_000);
  wheel.schedule(putOff, 1_000);
  clock.advance(500);
  wheel.cancel(cancelled);
  wheel.cancel(cancelled);
  wheel.schedule(putOff, 1_000);
  clock.advance(10_000);
  assert.deepEqual([cancelled.rang.length, putOff.rang.length], [0, 1]);
  assert.ok((putOff.rang[0] ?? 0) >= 1_500, 'it was early');
});

test('an entry that is due may cancel, put off or add others of the same moment', () => {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock, rethrow);
  const cancelled = new Alarm(clock);
  const putOff = new Alarm(clock);
  const added = new Alarm(clock);
  const first = new Alarm(clock, () => {
    wheel.cancel(cancelled);
    wheel.schedule(putOff, 200);
    wheel.schedule(added, 0);
  });
  for (const alarm of [first, cancelled, putOff]) wheel.schedule(alarm, 100);
  clock.advance(1_000);
  assert.deepEqual([cancelled.rang.length, putOff.rang.length, added.rang.length], [0, 1, 1]);
});

test('an entry that throws is told of and does not keep others from coming up', () => {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const wheel = new TimerWheel(clock, (error) => errors.push(error));
  const broken = new Alarm(clock, () => {
    throw new Error('broken');
  });
  const whole = new Alarm(clock);
  for (const alarm of [broken, whole]) wheel.schedule(alarm, 100);
  clock.advance(200);
  assert.deepEqual([errors.length, whole.rang.length], [1, 1]);
});

test('without entries there is no timer of the clock, and with thousands there is one', () => {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock, rethrow);
  for (let count = 0; count < 5_000; count += 1) wheel.schedule(new Alarm(clock), 100 + count);
  assert.equal(clock.pendingTimers, 1);
  clock.advance(6_000);
  assert.equal(clock.pendingTimers, 0);
});

test('a process that stood still for minutes finds every entry that came due', () => {
  const clock = new FakeClock();
  const stalling: Clock = {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs() * 200,
    after: (delayMs, task) => clock.after(delayMs, task),
    sleep: (delayMs) => clock.sleep(delayMs),
  };
  const wheel = new TimerWheel(stalling, rethrow);
  const alarms = [10, 5_000, 60_000, 179_000].map((delayMs) => {
    const alarm = new Alarm(clock);
    wheel.schedule(alarm, delayMs);
    return alarm;
  });
  clock.advance(1_000);
  assert.deepEqual(
    alarms.map(({ rang }) => rang.length),
    [1, 1, 1, 1],
  );
});

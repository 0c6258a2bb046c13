import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../src/platform/clock.js';
import { IdleTimer } from '../../../src/runtime/link/idle-timer.js';

/** A clock that moves when told, and counts the timers that were made. */
function handClock() {
  let nowMs = 0;
  let made = 0;
  let pending: { readonly dueMs: number; readonly task: () => void }[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after: (delayMs, task) => {
      made += 1;
      const entry = { dueMs: nowMs + delayMs, task };
      pending.push(entry);
      return { cancel: () => (pending = pending.filter((one) => one !== entry)) };
    },
    sleep: () => Promise.reject(new Error('not used')),
  };
  const advance = (ms: number) => {
    const untilMs = nowMs + ms;
    for (let due = pending.find(({ dueMs }) => dueMs <= untilMs); due !== undefined; ) {
      const { dueMs, task } = due;
      pending = pending.filter((one) => one !== due);
      nowMs = dueMs;
      task();
      due = pending.find((one) => one.dueMs <= untilMs);
    }
    nowMs = untilMs;
  };
  return { clock, advance, made: () => made, pending: () => pending.length };
}

function timer() {
  const hand = handClock();
  const fired: number[] = [];
  const idle = new IdleTimer(hand.clock, () => fired.push(hand.clock.nowMs()));
  return { ...hand, idle, fired };
}

test('it fires once after the limit without activity, and again only after new activity', () => {
  const { idle, advance, fired } = timer();
  idle.set(100);
  advance(1_000);
  idle.active();
  advance(1_000);
  assert.deepEqual(fired, [100, 1_100]);
});

test('activity puts it off without making timers', () => {
  const { idle, advance, fired, made } = timer();
  idle.set(100);
  for (let step = 0; step < 9; step += 1) {
    advance(10);
    idle.active();
  }
  assert.equal(made(), 1);
  advance(99);
  assert.deepEqual(fired, []);
  advance(1);
  assert.deepEqual(fired, [190]);
});

test('switching it off and on between requests makes no timers, and a shorter limit is kept', () => {
  const { idle, advance, fired, made } = timer();
  for (let request = 0; request < 50; request += 1) {
    idle.set(5_000);
    advance(1);
    idle.set(0);
  }
  assert.equal(made(), 1);
  advance(10_000);
  assert.deepEqual(fired, []);
  idle.set(5_000);
  idle.set(10);
  advance(10);
  assert.deepEqual(fired, [10_060]);
});

test('stopped, it holds nothing', () => {
  const { idle, advance, fired, pending } = timer();
  idle.set(100);
  idle.stop();
  assert.equal(pending(), 0);
  advance(1_000);
  assert.deepEqual(fired, []);
});

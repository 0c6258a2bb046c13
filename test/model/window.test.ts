import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCron } from '../../src/model/cron.js';
import { windowState } from '../../src/model/window.js';
import { instantOf, isTimeZone, localTimeOf } from '../../src/model/zoned-time.js';

const berlin = 'Europe/Berlin';

function at(iso: string): number {
  return Date.parse(iso);
}

function opening(cron: string, timeZone: string, fromIso: string): string | undefined {
  const state = windowState([{ cron, timeZone, durationMinutes: 1 }], at(fromIso));
  if (state.open || state.opensAtMs === undefined) return undefined;
  return new Date(state.opensAtMs).toISOString();
}

/** Every opening in a span, found by asking for the next one again and again. */
function openings(cron: string, timeZone: string, fromIso: string, toIso: string): readonly string[] {
  const found: string[] = [];
  for (let now = at(fromIso); ; ) {
    const state = windowState([{ cron, timeZone, durationMinutes: 1 }], now);
    if (state.open) now = state.closesAtMs ?? Infinity;
    else if (state.opensAtMs === undefined || state.opensAtMs >= at(toIso)) return found;
    else {
      found.push(new Date(state.opensAtMs).toISOString());
      now = state.opensAtMs;
    }
  }
}

test('a window that begins in the hour daylight saving skips opens once, when the hour is over', () => {
  const found = openings('30 2 * * *', berlin, '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z');
  assert.deepEqual(found, ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
});

test('a window that begins in the hour that comes twice opens once, in the first of the two', () => {
  const found = openings('30 2 * * *', berlin, '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z');
  assert.deepEqual(found, ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
});

test('several starts inside the skipped hour are one opening', () => {
  const found = openings('*/15 2 * * *', berlin, '2026-03-28T22:00:00Z', '2026-03-29T12:00:00Z');
  assert.deepEqual(found, ['2026-03-29T01:00:00.000Z']);
});

test('a zone that skips midnight opens a midnight window at one', () => {
  assert.equal(opening('0 0 * * *', 'America/Santiago', '2026-09-05T12:00:00Z'), '2026-09-06T04:00:00.000Z');
});

test('a half-hour zone and a half-hour shift are exact', () => {
  assert.equal(opening('0 9 * * *', 'Asia/Kolkata', '2026-01-01T00:00:00Z'), '2026-01-01T03:30:00.000Z');
  assert.equal(opening('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z'), '2026-10-03T15:30:00.000Z');
});

test('a window stays open for its duration in elapsed time, over a daylight saving change too', () => {
  const windows = [{ cron: '0 22 * * SAT', timeZone: berlin, durationMinutes: 480 }];
  const closesAtMs = at('2026-03-29T05:00:00Z');
  assert.deepEqual(windowState(windows, at('2026-03-28T20:59:59Z')), {
    open: false,
    opensAtMs: at('2026-03-28T21:00:00Z'),
  });
  assert.deepEqual(windowState(windows, at('2026-03-28T21:00:00Z')), { open: true, closesAtMs });
  assert.deepEqual(windowState(windows, closesAtMs - 1), { open: true, closesAtMs });
  assert.equal(windowState(windows, closesAtMs).open, false);
});

test('when both days are restricted either one is enough', () => {
  const found = openings('0 0 13 * FRI', 'UTC', '2026-03-01T00:00:00Z', '2026-03-21T00:00:00Z');
  assert.deepEqual(
    found.map((text) => text.slice(0, 10)),
    ['2026-03-06', '2026-03-13', '2026-03-20'],
  );
});

test('29 February is found eight years away', () => {
  assert.equal(opening('0 0 29 2 *', 'UTC', '2096-03-01T00:00:00Z'), '2104-02-29T00:00:00.000Z');
});

test('no windows are always open, and of several the latest closing and the earliest opening count', () => {
  assert.deepEqual(windowState([], 0), { open: true, closesAtMs: undefined });
  const windows = [
    { cron: '0 1 * * *', timeZone: 'UTC', durationMinutes: 60 },
    { cron: '30 1 * * *', timeZone: 'UTC', durationMinutes: 120 },
    { cron: '0 12 * * *', timeZone: 'UTC', durationMinutes: 10 },
  ];
  assert.deepEqual(windowState(windows, at('2026-01-01T01:45:00Z')), {
    open: true,
    closesAtMs: at('2026-01-01T03:30:00Z'),
  });
  assert.deepEqual(windowState(windows, at('2026-01-01T04:00:00Z')), {
    open: false,
    opensAtMs: at('2026-01-01T12:00:00Z'),
  });
});

test('an expression that is not five plain Unix fields is refused with a reason', () => {
  const refused = [
    '',
    '* * * * * *',
    '@daily',
    '60 * * * *',
    '0 0 31 2 *',
    '0 0 L * *',
    '0 0 ? * 1',
    '0 0 * * 1#2',
    '*/0 * * * *',
    '0 0 * january *',
    `0 0 * * ${'1,'.repeat(100)}1`,
  ];
  for (const expression of refused) assert.ok('problem' in readCron(expression), expression);
});

test('local time and instant are each other’s inverse wherever the clock shows the time once', () => {
  const zones = ['UTC', berlin, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Santiago'];
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 4_102_444_800 }), (timeZone, second) => {
      const local = localTimeOf(second * 1000, timeZone);
      const instant = instantOf(local, timeZone);
      assert.ok(instant <= second * 1000);
      assert.equal(localTimeOf(instant, timeZone), local);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('time zones are IANA names', () => {
  assert.ok(isTimeZone(berlin));
  for (const text of ['', '+01:00', 'Mars/Olympus', 'Europe/Berlin ']) assert.equal(isTimeZone(text), false, text);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeEvent, TrafficCounts } from '../../src/admin/contract.js';
import { TrafficWatch } from '../../src/runtime/traffic-watch.js';
import { FakeClock } from '../fake-clock.js';

const http = { users: 1, sessions: 2, registrations: 0 };

async function watched(first: TrafficCounts) {
  const clock = new FakeClock();
  const events: NodeEvent[] = [];
  let counts = first;
  const watch = new TrafficWatch({ clock, counts: () => counts, publish: (event) => events.push(event) });
  await watch.start();
  return { clock, events, watch, count: (next: TrafficCounts) => (counts = next) };
}

test('registrations that change are told at most every 5 s, and not told again', async () => {
  const { clock, events, watch, count } = await watched({ ...http, registrationsPeak: 0, calls: 0 });
  assert.deepEqual(events, [], 'nothing is there to tell');
  for (const registrations of [10, 20, 30]) {
    count({ ...http, registrations, registrationsPeak: registrations, calls: 1 });
    clock.advance(1000);
  }
  assert.deepEqual(events, []);
  clock.advance(2000);
  assert.deepEqual(events, [{ type: 'traffic', registrations: 30, registrationsPeak: 30, calls: 1 }]);
  clock.advance(60_000);
  assert.equal(events.length, 1);
  await watch.stop();
  count({ ...http, registrations: 1, registrationsPeak: 30, calls: 0 });
  clock.advance(60_000);
  assert.equal(events.length, 1);
});

test('a node that serves no SIP tells nothing of traffic', async () => {
  const { clock, events, count } = await watched(http);
  count({ ...http, users: 5, sessions: 9 });
  clock.advance(60_000);
  assert.deepEqual(events, []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog as log } from '../../../src/platform/log.js';
import { Maintenance } from '../../../src/runtime/maintenance/maintenance.js';
import type { Prepared } from '../../../src/runtime/participant.js';
import { FakeClock } from '../../fake-clock.js';
import { snapshotOf } from '../access/access-kit.js';

const minuteMs = 60_000;

interface Spec {
  readonly nodes: readonly string[];
  readonly [field: string]: unknown;
}

/** Maintenance mode of core-2, and what was told of it. */
class Bench {
  readonly clock: FakeClock;
  readonly maintenance: Maintenance;
  readonly told: string[] = [];

  constructor(startMs?: number) {
    this.clock = new FakeClock(startMs);
    this.maintenance = new Maintenance('core-2', { clock: this.clock, log });
    this.maintenance.onChange((draining) => this.#tell(draining ? 'begins' : 'ends'));
    this.maintenance.onDeadline(() => this.#tell('time is over'));
  }

  async prepare(...specs: readonly Spec[]): Promise<Prepared> {
    const documents = specs.map((spec, index) => ({ kind: 'Maintenance', name: `m${index + 1}`, spec }) as const);
    return await this.maintenance.prepare(snapshotOf(...documents));
  }

  async apply(...specs: readonly Spec[]): Promise<void> {
    (await this.prepare(...specs)).activate();
  }

  #tell(what: string): void {
    this.told.push(`${what} ${new Date(this.clock.nowMs()).toISOString().slice(5, 16)}`);
  }
}

const now = { nodes: ['core-2'] };

test('a node drains while a Maintenance names it, and serves again at once when the last one is gone', async () => {
  const bench = new Bench();
  const { maintenance } = bench;
  await bench.apply({ nodes: ['core-1'] });
  assert.equal(maintenance.isDraining(), false, 'the other one is named');
  await bench.apply({ nodes: ['core-1'] }, { nodes: ['core-1', 'core-2'], reason: 'CHG-1' });
  assert.equal(maintenance.isDraining(), true);
  assert.deepEqual(maintenance.period?.names, ['m2']);
  assert.equal(maintenance.period.reason, 'CHG-1');
  await bench.apply({ nodes: ['core-1'] });
  assert.equal(maintenance.isDraining(), false);
});

test('what is prepared changes nothing until it is activated, and going back serves again', async () => {
  const bench = new Bench();
  const before = await bench.prepare();
  before.activate();
  const after = await bench.prepare(now);
  assert.equal(bench.maintenance.isDraining(), false);
  after.activate();
  before.activate();
  assert.deepEqual(bench.told, ['begins 01-15T12:00', 'ends 01-15T12:00']);
});

test('a swap that says the same again does not begin the time to drain again', async () => {
  const bench = new Bench();
  await bench.apply({ ...now, drainDeadlineSeconds: 600 });
  await bench.maintenance.start();
  bench.clock.advance(8 * minuteMs);
  await bench.apply({ ...now, drainDeadlineSeconds: 600, reason: 'said again' });
  bench.clock.advance(5 * minuteMs);
  assert.deepEqual(bench.told, ['begins 01-15T12:00', 'time is over 01-15T12:10']);
  await bench.maintenance.stop();
  assert.equal(bench.clock.pendingTimers, 0);
});

test('the shortest of several times to drain holds, and is told once', async () => {
  const bench = new Bench();
  await bench.maintenance.start();
  await bench.apply(now, { ...now, drainDeadlineSeconds: 1200 }, { ...now, drainDeadlineSeconds: 300 });
  bench.clock.advance(60 * minuteMs);
  assert.deepEqual(bench.told, ['begins 01-15T12:00', 'time is over 01-15T12:05']);
});

test('a window opens and closes by itself, again and again', async () => {
  const bench = new Bench(Date.UTC(2026, 0, 15, 12));
  await bench.maintenance.start();
  await bench.apply({ ...now, window: { cron: '30 13 * * *', timeZone: 'Etc/UTC', durationMinutes: 90 } });
  bench.clock.advance(2 * 24 * 60 * minuteMs);
  assert.deepEqual(bench.told, ['begins 01-15T13:30', 'ends 01-15T15:00', 'begins 01-16T13:30', 'ends 01-16T15:00']);
});

test('a window keeps its place on the wall when daylight saving begins and ends', async () => {
  const window = { cron: '0 4 * * SUN', timeZone: 'Europe/Berlin', durationMinutes: 60 };
  const spring = new Bench(Date.UTC(2026, 2, 21));
  await spring.maintenance.start();
  await spring.apply({ ...now, window });
  spring.clock.advance(10 * 24 * 60 * minuteMs);
  assert.deepEqual(spring.told, ['begins 03-22T03:00', 'ends 03-22T04:00', 'begins 03-29T02:00', 'ends 03-29T03:00']);
  const autumn = new Bench(Date.UTC(2026, 9, 17, 12));
  await autumn.maintenance.start();
  await autumn.apply({ ...now, window });
  autumn.clock.advance(9 * 24 * 60 * minuteMs);
  assert.deepEqual(autumn.told, ['begins 10-18T02:00', 'ends 10-18T03:00', 'begins 10-25T03:00', 'ends 10-25T04:00']);
});

test('an hour that daylight saving skips begins when it is over, and lasts as long as it says', async () => {
  const bench = new Bench(Date.UTC(2026, 2, 28, 12));
  await bench.maintenance.start();
  await bench.apply({ ...now, window: { cron: '30 2 * * *', timeZone: 'Europe/Berlin', durationMinutes: 30 } });
  bench.clock.advance(16 * 60 * minuteMs);
  assert.deepEqual(bench.told, ['begins 03-29T01:00', 'ends 03-29T01:30']);
});

test('a wall clock that is set is noticed within a minute', async () => {
  const bench = new Bench(Date.UTC(2026, 0, 15, 12));
  await bench.maintenance.start();
  await bench.apply({ ...now, window: { cron: '0 20 * * *', timeZone: 'Etc/UTC', durationMinutes: 60 } });
  bench.clock.setWall(Date.UTC(2026, 0, 15, 20, 10));
  bench.clock.advance(minuteMs);
  assert.deepEqual(bench.told, ['begins 01-15T20:11']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrafficLeft } from '../../../src/admin/contract.js';
import { silentLog as log } from '../../../src/platform/log.js';
import { DrainWatch } from '../../../src/runtime/maintenance/drain-watch.js';
import { Maintenance } from '../../../src/runtime/maintenance/maintenance.js';
import { FakeClock } from '../../fake-clock.js';
import { snapshotOf } from '../access/access-kit.js';

const nothing: TrafficLeft = { registrations: 0, calls: 0, requests: 0 };

class Bench {
  readonly clock = new FakeClock();
  readonly maintenance = new Maintenance('core-2', { clock: this.clock, log });
  readonly told: string[] = [];
  left = nothing;
  readonly watch = new DrainWatch({ clock: this.clock, maintenance: this.maintenance, left: () => this.left });

  constructor() {
    this.watch.onChange((change) => this.told.push(change));
  }

  async set(...specs: readonly object[]): Promise<void> {
    const documents = specs.map((spec) => ({ kind: 'Maintenance', name: 'm', spec }) as const);
    (await this.maintenance.prepare(snapshotOf(...documents))).activate();
    await this.watch.start();
  }
}

test('a node drains until its last session ends, and says what is left meanwhile', async () => {
  const bench = new Bench();
  bench.left = { registrations: 2, calls: 1, requests: 3 };
  await bench.set({ nodes: ['core-2'], reason: 'CHG-1', drainDeadlineSeconds: 3600 });
  assert.deepEqual(bench.watch.status(), {
    state: 'draining',
    names: ['m'],
    reason: 'CHG-1',
    since: '2026-01-15T12:00:00.000Z',
    deadline: '2026-01-15T13:00:00.000Z',
    left: bench.left,
  });
  bench.left = nothing;
  bench.clock.advance(1000);
  assert.equal(bench.watch.status()?.state, 'drained');
  assert.deepEqual(bench.told, ['draining', 'drained']);
  await bench.watch.stop();
});

test('requests of users who are signed in do not undo that a node is drained, and a call does', async () => {
  const bench = new Bench();
  await bench.set({ nodes: ['core-2'] });
  bench.left = { ...nothing, requests: 1 };
  bench.clock.advance(5000);
  assert.equal(bench.watch.status()?.state, 'drained');
  bench.left = { ...nothing, calls: 1 };
  bench.clock.advance(5000);
  assert.equal(bench.watch.status()?.state, 'draining');
});

test('a node that serves says nothing of maintenance, and its end is told', async () => {
  const bench = new Bench();
  assert.equal(bench.watch.status(), undefined);
  await bench.set({ nodes: ['core-2'] });
  await bench.set();
  assert.equal(bench.watch.status(), undefined);
  assert.deepEqual(bench.told, ['draining', 'drained', 'ended']);
});

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { onDurableStep } from '../../../src/platform/durable-file.js';
import { FakeClock } from '../../fake-clock.js';
import { activate, rateControl, type Rig, startStore, unifiedCm, until } from './store-rig.js';

/** What a crash at one point would leave: a copy of the state directory, and the operations before it. */
interface Photograph {
  readonly point: string;
  readonly directory: string;
  /** The operation in progress, by its number from 0. */
  readonly operation: number;
}

/** What can be told from outside; nothing else may come out of a crash. */
function describe({ store, participant }: Rig) {
  const { confirmedPlanId, pending, edits } = store.view();
  return [participant.limit, confirmedPlanId, pending?.planId, edits.length] as const;
}

const operations: readonly ((rig: Rig) => Promise<unknown>)[] = [
  (rig) => activate(rig, 'plan-1', [rateControl(5)]),
  ({ store }) => store.confirm('plan-1'),
  (rig) => activate(rig, 'plan-2', [rateControl(6), unifiedCm('fp-1')], { secrets: { 'fp-1': 'hunter2' } }),
  ({ store }) => store.confirm('plan-2'),
  ({ store }) => store.edit({ action: 'put', resource: rateControl(7), actor: 'ada' }),
  (rig) => activate(rig, 'plan-3', [rateControl(8)]),
  ({ store }) => store.revert('plan-3', 'probes failed'),
];

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

const photographs = mkdtempSync(join(tmpdir(), 'fairlead-crash-'));
after(() => rmSync(photographs, { recursive: true, force: true }));

test('a crash at any point ends in the state before or after the operation, and nothing is left in between', async (t) => {
  const taken: Photograph[] = [];
  let operation = 0;
  let stateDir = '';
  const photograph = (point: string): void => {
    if (stateDir === '') return;
    const directory = join(photographs, String(taken.length));
    cpSync(stateDir, directory, { recursive: true });
    taken.push({ point, directory, operation });
  };
  const rig = await startStore(t, { checkpoint: photograph });
  stateDir = rig.stateDir;
  const states = [describe(rig)];
  onDurableStep((step, path) => photograph(`${step} ${basename(path)}`));
  for (const run of operations) {
    await run(rig);
    states.push(describe(rig));
    operation += 1;
  }
  onDurableStep(undefined);

  for (const { point, directory, operation: inProgress } of taken) {
    const again = await startStore(t, { stateDir: directory, clock: new FakeClock(rig.clock.nowMs()) });
    const message = `crash before "${point}" in operation ${inProgress}`;
    const possible = [states[inProgress], states[inProgress + 1]].map((state) => JSON.stringify(state));
    assert.ok(possible.includes(JSON.stringify(describe(again))), `${message}: ${JSON.stringify(describe(again))}`);
    assert.deepEqual(again.store.view().warnings, [], message);
    for (const [index, planId] of [
      [1, 'plan-1'],
      [3, 'plan-2'],
    ] as const) {
      if (inProgress > index) assert.equal(again.store.receipt(planId).state, 'confirmed', message);
    }
    const secrets = readIfThere(join(directory, 'secrets.json'));
    const { confirmedPlanId, pending } = again.store.view();
    assert.equal(secrets.includes('hunter2'), [confirmedPlanId, pending?.planId].includes('plan-2'), message);
    again.clock.advance(3_600_000);
    await until(() => again.store.view().pending === undefined);
    await again.store.stop();
  }
  const hit = new Set(taken.map(({ point }) => point));
  for (const file of ['confirmed.json', 'confirmed.previous.json', 'pending.json', 'receipts.json', 'secrets.json']) {
    for (const step of ['write', 'sync']) assert.ok(hit.has(`${step} ${file}.new`), `never ${step} ${file}`);
    for (const step of ['rename', 'sync-directory']) assert.ok(hit.has(`${step} ${file}`), `never ${step} ${file}`);
  }
  for (const point of ['swap', 'swapped', 'swap back', 'remove pending.json'])
    assert.ok(hit.has(point), `never ${point}`);
});

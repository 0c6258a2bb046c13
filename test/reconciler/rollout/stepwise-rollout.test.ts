import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { failWritesFrom } from '../../../src/lab/appliance/appliance-fault.js';
import type { Resource } from '../../../src/model/snapshot.js';
import { silentLog } from '../../../src/platform/log.js';
import { noCrash } from '../../../src/reconciler/crash-hook.js';
import type { Driver } from '../../../src/reconciler/driver/driver.js';
import { StepwiseDriver } from '../../../src/reconciler/driver/stepwise.js';
import { RolloutJournal } from '../../../src/reconciler/rollout/rollout-journal.js';
import { rollOut } from '../../../src/reconciler/rollout/rollout.js';
import { FakeClock } from '../../fake-clock.js';
import { LabBox } from '../lab-box.js';
import { newLabTls, type LabTls } from '../lab-nodes.js';
import { commitOf, declaration, never, planFor } from '../plans.js';
import { version } from './rollout-rig.js';

let tls: LabTls;
before(async () => {
  tls = await newLabTls();
});
after(() => tls.remove());

/** Two appliances, the second of which is the canary, and what a reconciler holds of them. */
class StepwiseRig {
  readonly first = new LabBox({ name: 'core-1', role: 'core' }, tls);
  readonly second = new LabBox({ name: 'core-2', role: 'core' }, tls);
  readonly #journalPath = join(mkdtempSync(join(tls.directory, 'rollout-')), 'journal.jsonl');
  readonly #hurry = new AbortController();
  #driver: Driver | undefined;

  async start(): Promise<void> {
    const boxes = [this.first, this.second];
    await Promise.all(boxes.map((lab) => lab.start()));
    this.#driver = new StepwiseDriver(
      await Promise.all(boxes.map(async (lab) => [lab.ref, await lab.open()] as const)),
    );
    this.#hurry.abort();
  }

  async apply(digit: string, resources: readonly Resource[]) {
    const driver = this.#driver!;
    const commit = commitOf(digit);
    const { request, policy } = await planFor(driver, declaration(commit, resources), commit);
    const journal = await RolloutJournal.open(this.#journalPath, noCrash);
    const context = { driver, journal, policy: policy.rollout, clock: new FakeClock(), log: silentLog };
    const outcome = await rollOut(request, { ...context, stop: never, hurry: this.#hurry.signal });
    const isOpen = journal.open() !== undefined;
    await journal.close();
    return { outcome, isOpen };
  }

  /** The domains that core-1 and core-2 hold. */
  domains(): readonly string[] {
    return [this.first, this.second].map(({ box }) =>
      box.store
        .list()
        .filter(({ kind }) => kind === 'Domain')
        .map(({ name }) => name)
        .join(' '),
    );
  }

  async close(): Promise<void> {
    await this.#driver?.close();
    await Promise.all([this.first.box.stop(), this.second.box.stop()]);
  }
}

function stepwise(name: string, body: (rig: StepwiseRig) => Promise<void>): void {
  test(name, async () => {
    const rig = new StepwiseRig();
    try {
      await rig.start();
      assert.equal((await rig.apply('0', version('old'))).outcome.state, 'applied');
      await body(rig);
    } finally {
      await rig.close();
    }
  });
}

const broken = failWritesFrom(2, { type: 'status', status: 500 });

stepwise('nodes without transactions are brought along by the same protocol', async (rig) => {
  assert.equal((await rig.apply('1', version('new'))).outcome.state, 'applied');
  assert.deepEqual(rig.domains(), ['new.example', 'new.example']);
});

stepwise('a box that refuses and can be put right takes the others back with it', async (rig) => {
  rig.first.box.setFaults((_change, number) => (number === 2 ? { type: 'message', message: 'no' } : undefined));
  const { outcome } = await rig.apply('1', version('new'));
  assert.equal(outcome.state, 'rolled-back');
  assert.deepEqual(rig.domains(), ['old.example', 'old.example']);
});

stepwise(
  'a box that cannot be put right is told as partial, resource by resource, and the others go back',
  async (rig) => {
    rig.first.box.setFaults(broken);
    const { outcome, isOpen } = await rig.apply('1', version('new'));
    assert.equal(outcome.state, 'partial');
    assert.equal(outcome.decision, 'revert');
    assert.equal(isOpen, false);
    assert.deepEqual(
      outcome.nodes.map(({ node, state }) => `${node} ${state}`),
      ['core-1 partial', 'core-2 reverted'],
    );
    assert.ok(outcome.error.details.some(({ place }) => place.startsWith('core-1 Domain/')));
    assert.equal(rig.domains()[1], 'old.example');
    rig.first.box.setFaults();
    assert.equal((await rig.apply('1', version('new'))).outcome.state, 'applied');
    assert.deepEqual(rig.domains(), ['new.example', 'new.example']);
  },
);

stepwise('a box that falls silent keeps the journal open, because nothing goes back by itself there', async (rig) => {
  rig.first.box.setFaults((_change, number) => {
    if (number === 2) void rig.first.box.stop();
    return number === 2 ? { type: 'cut-before' } : undefined;
  });
  const { outcome, isOpen } = await rig.apply('1', version('new'));
  assert.equal(outcome.state, 'partial');
  assert.equal(isOpen, true);
});

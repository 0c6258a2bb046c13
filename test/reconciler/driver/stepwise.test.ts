import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { failWrite, failWritesFrom } from '../../../src/lab/appliance/appliance-fault.js';
import type { LabAppliance } from '../../../src/lab/appliance/lab-appliance.js';
import type { Resource } from '../../../src/model/snapshot.js';
import type { CrashHook } from '../../../src/reconciler/crash-hook.js';
import type { Driver } from '../../../src/reconciler/driver/driver.js';
import { StepwiseDriver } from '../../../src/reconciler/driver/stepwise.js';
import { LabBox } from '../lab-box.js';
import { newLabTls, type LabTls } from '../lab-nodes.js';
import { commitOf, declaration, domain, never, planFor, rateControl, unifiedCm, type Planned } from '../plans.js';
import { driverContract, type DriverRig } from './contract.js';

const node = { name: 'core-1', role: 'core' } as const;

let tls: LabTls;
before(async () => {
  tls = await newLabTls();
});
after(() => tls.remove());

interface StepwiseRig extends DriverRig {
  readonly box: LabAppliance;
  readonly open: (crash?: CrashHook) => Promise<Driver>;
}

async function newRig(): Promise<StepwiseRig> {
  const lab = new LabBox(node, tls);
  await lab.start();
  const { box } = lab;
  const open = async (crash?: CrashHook) => new StepwiseDriver([[node, await lab.open(crash)]]);
  const driver = await open();
  return {
    ...{ driver, node, box, open, reopen: open },
    changeByHand: ({ kind, metadata: { name }, spec }) => {
      box.store.apply({ action: 'delete', kind, name });
      box.store.apply({ action: 'create', kind, name, write: { spec } });
      return Promise.resolve();
    },
    refuseWrites: () => box.setFaults(failWrite(2, { type: 'message', message: 'Invalid value' })),
    silence: () => box.stop(),
    close: async () => {
      await driver.close();
      await box.stop();
    },
  };
}

driverContract(newRig);

const first = [rateControl(3), domain('a.example.com'), unifiedCm('fp-1')];
const second = [rateControl(5), domain('b.example.com'), unifiedCm('fp-2', 'other.example.com')];

async function plannedTo(driver: Driver, digit: string, resources: readonly Resource[]): Promise<Planned> {
  return planFor(driver, declaration(commitOf(digit), resources), commitOf(digit));
}

async function activate(driver: Driver, { plan, request }: Planned) {
  return driver.activate(plan, request.deliveries[0]!, 30, never);
}

async function apply(driver: Driver, digit: string, resources: readonly Resource[]): Promise<void> {
  const planned = await plannedTo(driver, digit, resources);
  await activate(driver, planned);
  await driver.confirm(node, planned.plan.id, [], never);
}

async function digestOf(driver: Driver): Promise<string> {
  const [seen] = (await driver.observe(never)).nodes;
  assert.ok(seen?.reachable === true, JSON.stringify(seen));
  return seen.digest;
}

/** A rig on which the first resources are applied. */
async function withApplied(check: (rig: StepwiseRig) => Promise<void>): Promise<void> {
  const rig = await newRig();
  try {
    await apply(rig.driver, 'a', first);
    await check(rig);
  } finally {
    await rig.close();
  }
}

test('new resources are made before old ones are taken away, and an update is a delete and a create', () =>
  withApplied(async ({ driver, box }) => {
    const before = box.changes.length;
    await apply(driver, 'b', second);
    const steps = box.changes.slice(before).map(({ action, kind, name }) => `${action} ${kind}/${name}`);
    assert.ok(steps.indexOf('create Domain/b.example.com') < steps.indexOf('delete Domain/a.example.com'));
    const update = steps.filter((step) => step.endsWith('UnifiedCM/emea'));
    assert.deepEqual(update, ['delete UnifiedCM/emea', 'create UnifiedCM/emea']);
  }));

test('an answer that says done proves nothing: what was not written is found out, and everything goes back', () =>
  withApplied(async ({ driver, box }) => {
    const before = await digestOf(driver);
    const planned = await plannedTo(driver, 'b', second);
    box.setFaults(failWrite(4, { type: 'message', message: 'The operation was successful' }));
    await assert.rejects(activate(driver, planned), {
      code: 'apply.prepare-failed',
      message: /was not written.*undone/,
    });
    assert.equal(await digestOf(driver), before);
  }));

for (const type of ['cut-after', 'cut-before'] as const) {
  test(`a write without an answer (${type}) is looked at, and the plan goes on`, () =>
    withApplied(async ({ driver, box }) => {
      const planned = await plannedTo(driver, 'b', second);
      box.setFaults(failWrite(2, { type }));
      assert.equal((await activate(driver, planned)).state, 'pending');
      assert.equal(await digestOf(driver), planned.plan.nodes[0]?.target);
    }));
}

test('what cannot be put back is told resource by resource, and can be put back later', () =>
  withApplied(async ({ driver, box }) => {
    const before = await digestOf(driver);
    const planned = await plannedTo(driver, 'b', second);
    box.setFaults(failWritesFrom(3, { type: 'status', status: 500 }));
    const receipt = await activate(driver, planned);
    assert.equal(receipt.state, 'partial');
    assert.equal(receipt.resources.length, planned.plan.nodes[0]?.changes.length);
    const states = receipt.resources.map(({ key, state }) => `${key} ${state}`);
    assert.ok(
      receipt.resources.some(({ state }) => state !== 'old'),
      states.join(', '),
    );
    assert.match(receipt.reason, /was not written/);
    box.setFaults();
    assert.equal((await driver.revert(node, planned.plan.id, never)).state, 'reverted');
    assert.equal(await digestOf(driver), before);
  }));

test('a changed secret is a change although no secret can be read back', () =>
  withApplied(async ({ driver }) => {
    const { plan } = await plannedTo(driver, 'b', [rateControl(3), domain('a.example.com'), unifiedCm('fp-2')]);
    assert.deepEqual(
      plan.nodes[0]?.changes.map(({ change }) => change.key),
      ['UnifiedCM/emea'],
    );
  }));

test('after a restart the values of old secrets are gone, and what needed one is told as missing', () =>
  withApplied(async ({ driver, open }) => {
    const planned = await plannedTo(driver, 'b', second);
    await activate(driver, planned);
    const other = await open();
    const receipt = await other.revert(node, planned.plan.id, never);
    assert.equal(receipt.state, 'partial');
    const missing = receipt.resources.filter(({ state }) => state !== 'old');
    assert.deepEqual(
      missing.map(({ key }) => key),
      ['UnifiedCM/emea'],
    );
    assert.match(missing[0]?.reason ?? '', /passwordRef.*not at hand/);
    await other.close();
  }));

/** Ends the program at a numbered point: nothing that is journalled or done comes after it. */
function crashAt(wanted: number): { readonly hook: CrashHook; readonly count: () => number } {
  let count = 0;
  const hook = () => {
    count += 1;
    if (count >= wanted) throw new Error('killed');
  };
  return { hook, count: () => count };
}

test('a crash at any point of the journal leaves a node that goes back to what it was', async () => {
  const withoutSecrets = [rateControl(3), domain('a.example.com')];
  const next = [rateControl(5), domain('b.example.com')];
  for (let point = 1; ; point += 1) {
    const rig = await newRig();
    await apply(rig.driver, 'a', withoutSecrets);
    const before = await digestOf(rig.driver);
    const planned = await plannedTo(rig.driver, 'b', next);
    const { hook, count } = crashAt(point);
    const doomed = await rig.open(hook);
    const isDone = await activate(doomed, planned).then(
      () => true,
      () => false,
    );
    await doomed.close().catch(() => undefined);
    const successor = await rig.open();
    if ((await successor.receipt(node, planned.plan.id, never)) !== undefined)
      assert.equal((await successor.revert(node, planned.plan.id, never)).state, 'reverted');
    assert.equal(await digestOf(successor), before, `after a crash at point ${point}`);
    await successor.close();
    await rig.close();
    if (isDone) {
      assert.ok(count() >= 10, `only ${count()} points were met`);
      return;
    }
  }
});

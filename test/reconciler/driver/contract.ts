import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotDigest } from '../../../src/model/digest.js';
import type { NodeRef } from '../../../src/model/plan.js';
import type { Resource } from '../../../src/model/snapshot.js';
import type { Delivery, Driver, NodeObservation } from '../../../src/reconciler/driver/driver.js';
import { commitOf, declaration, domain, never, planFor, rateControl, unifiedCm, type Planned } from '../plans.js';

/** A driver over one core node named `core-1` that is fresh for each test, and ways to go behind its back. */
export interface DriverRig {
  readonly driver: Driver;
  readonly node: NodeRef;
  /** A driver of a new process for the same node. */
  reopen(): Promise<Driver>;
  /** Somebody else changes the node by hand. */
  changeByHand(resource: Resource): Promise<void>;
  /** What is being written from now on is refused. */
  refuseWrites(): void;
  /** The node stops answering. */
  silence(): Promise<void>;
  close(): Promise<void>;
}

type Reached = Extract<NodeObservation, { reachable: true }>;

async function observed({ driver }: Pick<DriverRig, 'driver'>): Promise<Reached> {
  const [node] = (await driver.observe(never)).nodes;
  assert.ok(node?.reachable === true, JSON.stringify(node));
  return node;
}

function deliveryOf({ request }: Planned): Delivery {
  const [delivery] = request.deliveries;
  assert.ok(delivery);
  return delivery;
}

const first = [rateControl(3), domain('a.example.com'), unifiedCm('fp-1')];

/** Plans to some resources and activates; gives the plan. */
async function activated(driver: Driver, digit: string, resources: readonly Resource[]): Promise<Planned> {
  const commit = commitOf(digit);
  const planned = await planFor(driver, declaration(commit, resources), commit);
  const receipt = await driver.activate(planned.plan, deliveryOf(planned), 30, never);
  assert.equal(receipt.state, 'pending');
  return planned;
}

async function applied(rig: DriverRig, digit: string, resources: readonly Resource[]): Promise<Planned> {
  const planned = await activated(rig.driver, digit, resources);
  assert.equal((await rig.driver.confirm(rig.node, planned.plan.id, [], never)).state, 'confirmed');
  return planned;
}

/** What every driver promises, whatever its target can do. */
export function driverContract(newRig: () => Promise<DriverRig>): void {
  function contract(name: string, check: (rig: DriverRig) => Promise<void>): void {
    test(name, async () => {
      const rig = await newRig();
      try {
        await check(rig);
      } finally {
        await rig.close();
      }
    });
  }

  contract('a fresh node is observed with its kinds and nothing managed', async (rig) => {
    const node = await observed(rig);
    assert.deepEqual(node.node, rig.node);
    assert.ok(node.kinds.includes('AuthorizationRateControl'));
    assert.equal(node.digest, snapshotDigest(node.snapshot));
    assert.equal(node.pending, undefined);
  });

  contract('an applied plan leaves what it promised, and the next plan is empty', async (rig) => {
    const { plan } = await applied(rig, 'a', first);
    const node = await observed(rig);
    assert.equal(node.digest, plan.nodes[0]?.target);
    assert.equal(node.confirmedPlanId, plan.id);
    assert.equal(node.snapshot.revision, plan.target);
    const again = await planFor(rig.driver, declaration(commitOf('a'), first), commitOf('a'));
    assert.deepEqual(again.plan.nodes[0]?.changes, []);
  });

  contract('creates, updates and deletes arrive together', async (rig) => {
    await applied(rig, 'a', first);
    const next = [rateControl(5), domain('b.example.com'), unifiedCm('fp-2')];
    const { plan } = await applied(rig, 'b', next);
    const actions = plan.nodes[0]?.changes.map(({ change }) => change.action).toSorted();
    assert.deepEqual(actions, ['create', 'delete', 'update', 'update']);
    const { snapshot } = await observed(rig);
    assert.deepEqual([...snapshot.resources.values()], [rateControl(5), domain('b.example.com'), unifiedCm('fp-2')]);
  });

  contract('a plan that waits is seen as pending, serves, and gives the same receipt when asked again', async (rig) => {
    const planned = await activated(rig.driver, 'a', first);
    const { id } = planned.plan;
    const node = await observed(rig);
    assert.equal(node.pending?.planId, id);
    assert.equal(node.digest, planned.plan.nodes[0]?.target);
    assert.equal((await rig.driver.receipt(rig.node, id, never))?.state, 'pending');
    assert.equal((await rig.driver.activate(planned.plan, deliveryOf(planned), 30, never)).state, 'pending');
    assert.equal((await rig.driver.confirm(rig.node, id, [], never)).state, 'confirmed');
    assert.equal((await rig.driver.confirm(rig.node, id, [], never)).state, 'confirmed');
  });

  contract('a reverted plan leaves what was there before, and may be tried again', async (rig) => {
    await applied(rig, 'a', first);
    const before = await observed(rig);
    const planned = await activated(rig.driver, 'b', [rateControl(9), unifiedCm('fp-1', 'other.example.com')]);
    assert.equal((await rig.driver.revert(rig.node, planned.plan.id, never)).state, 'reverted');
    assert.equal((await rig.driver.revert(rig.node, planned.plan.id, never)).state, 'reverted');
    assert.equal((await observed(rig)).digest, before.digest);
    assert.equal((await rig.driver.activate(planned.plan, deliveryOf(planned), 30, never)).state, 'pending');
  });

  contract('a node that moved after the plan was made refuses it', async (rig) => {
    await applied(rig, 'a', first);
    const commit = commitOf('b');
    const planned = await planFor(rig.driver, declaration(commit, [rateControl(7)]), commit);
    await rig.changeByHand(rateControl(4));
    const refusal = rig.driver.activate(planned.plan, deliveryOf(planned), 30, never);
    await assert.rejects(refusal, { code: 'plan.stale' });
    assert.equal((await observed(rig)).pending, undefined);
  });

  contract('another plan is refused while one waits', async (rig) => {
    const one = await activated(rig.driver, 'a', first);
    const commit = commitOf('b');
    const other = await planFor(rig.driver, declaration(commit, [rateControl(7)]), commit);
    const refusal = rig.driver.activate(other.plan, deliveryOf(other), 30, never);
    await assert.rejects(refusal, { code: 'node.pending' });
    await rig.driver.revert(rig.node, one.plan.id, never);
  });

  contract('what cannot be prepared is refused, and the node is as it was', async (rig) => {
    await applied(rig, 'a', first);
    const before = await observed(rig);
    const commit = commitOf('b');
    const planned = await planFor(rig.driver, declaration(commit, [rateControl(7), domain('c.example.com')]), commit);
    rig.refuseWrites();
    const refusal = rig.driver.activate(planned.plan, deliveryOf(planned), 30, never);
    await assert.rejects(refusal, { code: 'apply.prepare-failed' });
    const after = await observed(rig);
    assert.equal(after.digest, before.digest);
    assert.equal(after.pending, undefined);
  });

  contract('a plan that was never seen is unknown', async (rig) => {
    assert.equal(await rig.driver.receipt(rig.node, 'sha256:never', never), undefined);
    await assert.rejects(rig.driver.confirm(rig.node, 'sha256:never', [], never), { code: 'node.unknown-plan' });
    await assert.rejects(rig.driver.revert(rig.node, 'sha256:never', never), { code: 'node.unknown-plan' });
  });

  contract('a driver of another process finds what waits, and settles it', async (rig) => {
    const { plan } = await activated(rig.driver, 'a', first);
    const other = await rig.reopen();
    assert.equal((await other.receipt(rig.node, plan.id, never))?.state, 'pending');
    assert.equal((await other.confirm(rig.node, plan.id, [], never)).state, 'confirmed');
    assert.equal((await observed({ driver: other })).confirmedPlanId, plan.id);
    await other.close();
  });

  contract('a silent node is told as unreachable, and what it was asked as unknown', async (rig) => {
    await rig.silence();
    const [node] = (await rig.driver.observe(never)).nodes;
    assert.equal(node?.reachable, false);
    assert.match(node.reason, /core-1 did not answer/);
    await assert.rejects(rig.driver.probe(rig.node, never), { code: 'node.unreachable' });
  });

  contract('a watch ends when its signal aborts', async (rig) => {
    const ended = new AbortController();
    const watching = (async () => {
      for await (const { node } of rig.driver.watch(ended.signal)) assert.equal(node, 'core-1');
    })();
    ended.abort();
    await watching;
  });

  contract('no error, receipt or observation holds a secret', async (rig) => {
    await applied(rig, 'a', first);
    const node = await observed(rig);
    assert.doesNotMatch(JSON.stringify([...node.snapshot.resources.values()]), /value of/);
  });
}
